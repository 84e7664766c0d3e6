// Noise: replaced by the module's page.
