// Crypto: replaced by the module's page.
