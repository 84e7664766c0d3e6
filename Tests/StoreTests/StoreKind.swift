import Crypto
import Testing

@testable import Store

/// What the tests of a suite run over: the store as it is without a key, and the encrypted one.
enum StoreKind: String, Sendable, CaseIterable {
    case plain
    case encrypted

    /// The kind that the running test is about.
    static var current: StoreKind { Scope.current?.kind ?? .plain }

    static let key = SecretBytes(copying: Array("the key of a store has 32 bytes.".utf8))

    /// The parameters with the key, if there is to be one.
    var configuration: StoreConfiguration {
        var configuration = StoreConfiguration()
        if self == .encrypted { configuration.key = Self.key }
        return configuration
    }

    /// Where a test keeps a store that needs no name: in memory, or in files that go when the test ends.
    static var anywhere: StoreLocation {
        guard let scope = Scope.current, scope.kind == .encrypted else { return .memory }
        return .directory(scope.newDirectory().path)
    }

    /// One run of one test.
    final class Scope: @unchecked Sendable {
        @TaskLocal static var current: Scope?

        let kind: StoreKind
        // A test makes its stores on one task.
        private var directories: [TemporaryDirectory] = []

        init(_ kind: StoreKind) { self.kind = kind }

        func newDirectory() -> TemporaryDirectory {
            let directory = TemporaryDirectory()
            directories.append(directory)
            return directory
        }
    }
}

/// Runs each test of a suite once for every kind of store.
struct EveryStoreKind: TestTrait, SuiteTrait, TestScoping {
    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        for kind in StoreKind.allCases {
            try await StoreKind.Scope.$current.withValue(StoreKind.Scope(kind)) { try await function() }
        }
    }
}

extension Trait where Self == EveryStoreKind {
    /// Over the store in the clear, and over the encrypted one.
    static var everyStoreKind: Self { EveryStoreKind() }
}
