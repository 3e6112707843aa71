"""吉林省: recognition by 吉人社发〔2022〕10号."""
