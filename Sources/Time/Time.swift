// Time: replaced by the module's page.
