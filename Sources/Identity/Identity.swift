// Identity: replaced by the module's page.
