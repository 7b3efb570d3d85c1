"""What a de-identification may have missed: exact bounds from audited samples, and attacks on the surrogates."""
