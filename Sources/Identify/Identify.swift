// Identify: replaced by the module's page.
