// Ping: replaced by the module's page.
