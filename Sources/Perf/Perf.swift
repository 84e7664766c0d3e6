// Perf: replaced by the module's page.
