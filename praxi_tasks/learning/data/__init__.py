"""The data of trainings: requests, stored releases, recordings, wheels."""
