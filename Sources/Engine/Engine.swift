// Engine: replaced by the module's page.
