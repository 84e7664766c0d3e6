// RequestResponse: replaced by the module's page.
