"""The site: the Flower ClientApp, the policy guard and the trainer."""
