"""What each family of questions becomes: a plan for each intent."""
