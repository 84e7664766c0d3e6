// Reactor: replaced by the module's page.
