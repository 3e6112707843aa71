"""就援: recognition and assistance of people who have difficulty finding work (吉人社发〔2022〕10号)."""
