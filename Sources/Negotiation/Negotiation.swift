// Negotiation: replaced by the module's page.
