// Yamux: replaced by the module's page.
