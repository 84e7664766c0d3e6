// Wire: replaced by the module's page.
