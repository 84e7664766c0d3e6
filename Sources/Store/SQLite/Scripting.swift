/// SQL from elsewhere in this package: benchmarks and tests, which ask what no query of the store does.
extension ReadTransaction {
    /// The integer that a query answers in its first row and column; 0 if it has none.
    package func integer(_ sql: StaticString) throws(StoreError) -> Int64 {
        try database.first(sql) { $0.integer(0) } ?? 0
    }
}

extension Transaction {
    /// Runs statements for their effect.
    package func execute(script: String) throws(StoreError) {
        try database.execute(script: script)
    }
}
