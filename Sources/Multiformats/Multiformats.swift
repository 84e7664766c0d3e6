// Multiformats: replaced by the module's page.
