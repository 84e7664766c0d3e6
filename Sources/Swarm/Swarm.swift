// Swarm: replaced by the module's page.
