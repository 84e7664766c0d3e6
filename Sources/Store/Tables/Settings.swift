extension ReadTransaction {
    /// The value of a setting; nil when it was never set.
    public func setting(_ name: String) throws(StoreError) -> [UInt8]? {
        try database.first("SELECT value FROM settings WHERE name = ?", .text(name)) { $0.blob(0) }
    }

    /// All settings, in the order of their names.
    public func settings() throws(StoreError) -> [(name: String, value: [UInt8])] {
        try database.all("SELECT name, value FROM settings ORDER BY name") { ($0.text(0), $0.blob(1)) }
    }
}

extension Transaction {
    /// Sets or replaces a setting.
    public func setSetting(_ name: String, to value: [UInt8]) throws(StoreError) {
        try database.run(
            "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
            .text(name), .blob(value))
    }

    /// Removes a setting. False when it was not set.
    @discardableResult
    public func removeSetting(_ name: String) throws(StoreError) -> Bool {
        try database.run("DELETE FROM settings WHERE name = ?", .text(name))
        return database.changes > 0
    }
}
