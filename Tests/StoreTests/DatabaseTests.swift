import CSQLite
import Testing

@testable import Store

@Suite(.everyStoreKind) struct DatabaseTests {
    @Test func valuesComeBackAsTheyWereBound() throws {
        let database = try Database(StoreKind.anywhere, configuration: StoreKind.current.configuration)
        let text = "naïve \u{0} 🜁 end"
        let row = try database.first(
            "SELECT ?, ?, ?, ?, ?, ?, ?", .integer(.min), .integer(.max), .text(text), .text(""), .blob([0, 255, 0]),
            .blob([]), .null
        ) { row in
            #expect(row.integer(0) == .min)
            #expect(row.integer(1) == .max)
            #expect(row.text(2) == text)
            #expect(!row.isNull(3) && row.text(3) == "")
            #expect(row.blob(4) == [0, 255, 0])
            #expect(!row.isNull(5) && row.blob(5) == [])
            #expect(row.isNull(6) && row.optionalInteger(6) == nil && row.optionalText(6) == nil)
            return true
        }
        #expect(row == true)
    }

    @Test func aPreparedStatementKeepsNothingOfItsLastUse() throws {
        let database = try Database(StoreKind.anywhere, configuration: StoreKind.current.configuration)
        func ask(_ values: [SQLValue]) throws -> Int64? {
            var answer: Int64?
            try database.forEach("SELECT ?1", values) { row in
                answer = row.optionalInteger(0)
                return true
            }
            return answer
        }
        #expect(try ask([.integer(7)]) == 7)
        #expect(try ask([]) == nil)
    }

    @Test func anErrorCarriesTheExtendedCode() throws {
        let database = try Database(StoreKind.anywhere, configuration: StoreKind.current.configuration)
        try database.execute(script: "CREATE TABLE t (a INTEGER UNIQUE) STRICT")
        try database.run("INSERT INTO t VALUES (1)")
        let error = #expect(throws: StoreError.self) { try database.run("INSERT INTO t VALUES (1)") }
        #expect(error?.code == .constraint)
        #expect(error?.sqliteCode == SQLITE_CONSTRAINT | 8 << 8)  // SQLITE_CONSTRAINT_UNIQUE
        #expect(try database.first("SELECT count(*) FROM t") { $0.integer(0) } == 1)
    }

    @Test func wrongSQLIsAnErrorOfOurs() throws {
        let database = try Database(StoreKind.anywhere, configuration: StoreKind.current.configuration)
        let error = #expect(throws: StoreError.self) { try database.run("SELEC 1") }
        #expect(error?.code == .internal)
    }

    @Test(
        arguments: [
            (SQLITE_FULL, 0, StoreError.Code.full), (SQLITE_IOERR | 4 << 8, 28, .full), (SQLITE_IOERR | 4 << 8, 5, .io),
            (SQLITE_CORRUPT | 1 << 8, 0, .corrupt), (SQLITE_NOTADB, 0, .corrupt), (SQLITE_BUSY | 2 << 8, 0, .locked),
            (SQLITE_LOCKED, 0, .locked), (SQLITE_CANTOPEN, 2, .io), (SQLITE_READONLY | 8 << 8, 0, .permission),
            (SQLITE_NOMEM, 0, .outOfMemory), (SQLITE_CONSTRAINT | 3 << 8, 0, .constraint),
            (SQLITE_MISUSE, 0, .internal),
        ] as [(Int32, Int32, StoreError.Code)])
    func resultCodesMapToKinds(_ sample: (result: Int32, errno: Int32, code: StoreError.Code)) {
        let error = StoreError.sqlite(sample.result, detail: "x", path: "p", systemError: sample.errno)
        #expect(error.code == sample.code)
        #expect(error.sqliteCode == sample.result)
    }
}
