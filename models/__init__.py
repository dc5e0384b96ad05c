"""The catalogue of models, their weights, and the engines that run them."""
