// Messaging: replaced by the module's page.
