// Store: replaced by the module's page.
