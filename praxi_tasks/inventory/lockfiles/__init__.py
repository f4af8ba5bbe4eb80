"""Lock files: releases that somebody chose for an image, which need not be in it. One module each kind."""
