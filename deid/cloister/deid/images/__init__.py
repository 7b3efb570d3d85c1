"""De-identification of images: headers by an allow-list, burned-in text hidden."""
