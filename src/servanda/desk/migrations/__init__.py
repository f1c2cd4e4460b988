"""How the tables came about, in Django's own form: ``0001_initial`` makes all of them. Made by ``makemigrations``; never edited."""
