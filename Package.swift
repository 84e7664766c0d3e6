// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is held to the same bar: Swift 6 language mode, and a warning is an error.
let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

/// A module of linnet, with the modules it may import. The list below is in layer order: a module imports only
/// what stands above it.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests of one module. `TestSupport` holds what several of them share.
func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["TestSupport"], path: "Tests/\(name)", resources: resources,
        swiftSettings: strict)
}

let package = Package(
    name: "linnet",
    platforms: [.macOS("26.0")],
    products: [
        .executable(name: "linnet", targets: ["linnet"]),
        .library(
            name: "LinnetValues", targets: ["Time", "Multiformats", "Wire", "Crypto", "Identity", "Ledger", "Groups"]),
        .library(
            name: "LinnetNetwork",
            targets: [
                "Negotiation", "Noise", "Yamux", "Reactor", "Swarm", "Identify", "Ping", "Perf", "RequestResponse",
                "GossipSub", "LocalDiscovery", "Presence",
            ]),
        .library(name: "LinnetEngine", targets: ["Store", "Messaging", "Engine"]),
    ],
    targets: [
        // C: system libraries and the few platform calls that Swift cannot import.
        .systemLibrary(
            name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"]), .brew(["libsodium"])]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
        .systemLibrary(
            name: "CSecp256k1", pkgConfig: "libsecp256k1",
            providers: [.apt(["libsecp256k1-dev"]), .brew(["secp256k1"])]),
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .target(name: "CPlatform"),
        .target(name: "CPageVFS", dependencies: ["CSQLite"]),

        // Values
        module("Time"),
        module("Multiformats"),
        module("Wire", ["Multiformats"]),
        module("Crypto", ["CSodium", "COpenSSL", "CSecp256k1"]),
        module("Identity", ["Multiformats", "Wire", "Crypto"]),
        module("Ledger", ["Time", "Multiformats", "Wire", "Crypto", "Identity"]),
        module("Groups", ["Time", "Multiformats", "Wire", "Crypto", "Identity", "Ledger"]),

        // Sans-I/O
        module("Negotiation", ["Multiformats", "Wire"]),
        module("Noise", ["Wire", "Crypto", "Identity"]),
        module("Yamux", ["Time"]),

        // Runtime
        module("Reactor", ["CPlatform", "Time"]),

        // Network
        module(
            "Swarm",
            ["Time", "Multiformats", "Wire", "Crypto", "Identity", "Negotiation", "Noise", "Yamux", "Reactor"]),

        // Protocols
        module("Identify", ["Time", "Multiformats", "Wire", "Identity", "Reactor", "Swarm"]),
        module("Ping", ["Time", "Identity", "Reactor", "Swarm"]),
        module("Perf", ["Time", "Wire", "Identity", "Reactor", "Swarm"]),
        module("RequestResponse", ["Time", "Wire", "Identity", "Reactor", "Swarm"]),
        module("GossipSub", ["Time", "Multiformats", "Wire", "Crypto", "Identity", "Reactor", "Swarm"]),
        module("LocalDiscovery", ["Time", "Multiformats", "Wire", "Identity", "Reactor", "Swarm"]),
        module(
            "Presence", ["Time", "Wire", "Identity", "Reactor", "Swarm", "RequestResponse", "GossipSub"]),

        // Product
        module("Store", ["CSQLite", "CPageVFS", "Time", "Crypto", "Reactor"]),
        module(
            "Messaging",
            [
                "Time", "Multiformats", "Wire", "Crypto", "Identity", "Ledger", "Groups", "Reactor", "Swarm",
                "RequestResponse", "GossipSub", "Store",
            ]),
        module(
            "Engine",
            [
                "Time", "Multiformats", "Wire", "Crypto", "Identity", "Reactor", "Swarm", "Identify", "Ping", "Perf",
                "RequestResponse", "GossipSub", "LocalDiscovery", "Presence", "Ledger", "Groups", "Store",
                "Messaging",
            ]),

        // Tool
        .executableTarget(
            name: "linnet",
            dependencies: ["CPlatform", "Time", "Wire", "Crypto", "Identity", "Reactor", "Store", "Engine"],
            swiftSettings: strict),

        // Tests, one target a module, and what crosses modules
        .target(
            name: "TestSupport",
            dependencies: ["Time", "Multiformats", "Wire", "Crypto", "Identity", "Yamux", "Noise", "Reactor", "Swarm"],
            path: "Tests/TestSupport", exclude: ["vectors.json"], swiftSettings: strict),
        .target(
            name: "FuzzTargets",
            dependencies: ["Engine", "Reactor", "Identity", "Crypto", "Wire", "Time", "TestSupport"],
            path: "Tests/Fuzz/Targets", swiftSettings: strict),
        .target(
            name: "Crowd", dependencies: ["GossipSub", "Identity", "Crypto", "Wire", "Time", "TestSupport"],
            path: "Tests/Crowd", swiftSettings: strict),
        tests("TimeTests", ["Time"]),
        tests("MultiformatsTests", ["Multiformats"]),
        tests("WireTests", ["Wire", "Multiformats"]),
        tests("CryptoTests", ["Crypto", "Multiformats"]),
        tests("IdentityTests", ["Identity", "Crypto", "Wire", "Multiformats"]),
        tests("LedgerTests", ["Ledger", "Identity", "Crypto", "Wire", "Multiformats", "Time"]),
        tests("GroupsTests", ["Groups", "Ledger", "Identity", "Crypto", "Wire", "Multiformats", "Time"]),
        tests("NegotiationTests", ["Negotiation"]),
        tests("NoiseTests", ["Noise", "Identity", "Crypto"]),
        tests("YamuxTests", ["Yamux", "Time"]),
        tests("ReactorTests", ["Reactor", "Time", "CPlatform"]),
        tests(
            "SwarmTests",
            ["Swarm", "Reactor", "Yamux", "Noise", "Negotiation", "Identity", "Crypto", "Multiformats", "Time"]),
        tests("IdentifyTests", ["Identify", "Swarm", "Reactor", "Identity", "Crypto", "Wire", "Multiformats", "Time"]),
        tests("PingTests", ["Ping", "Swarm", "Reactor", "Identity", "Time"]),
        tests("PerfTests", ["Perf", "Swarm", "Reactor", "Identity", "Time"]),
        tests("RequestResponseTests", ["RequestResponse", "Swarm", "Reactor", "Identity", "Wire", "Time"]),
        tests(
            "GossipSubTests",
            [
                "Time", "Multiformats", "Wire", "Crypto", "Identity", "Reactor", "Swarm", "Identify", "GossipSub",
                "Crowd",
            ]),
        tests(
            "LocalDiscoveryTests",
            ["Time", "Multiformats", "Wire", "Crypto", "Identity", "Reactor", "Swarm", "LocalDiscovery"]),
        tests(
            "PresenceTests",
            ["Presence", "GossipSub", "RequestResponse", "Identify", "Swarm", "Reactor", "Identity", "Wire", "Time"]),
        tests("StoreTests", ["Store", "Reactor", "Time", "Crypto", "CSQLite", "CPageVFS"]),
        tests(
            "MessagingTests",
            [
                "Messaging", "Store", "RequestResponse", "Identify", "Swarm", "Reactor", "Identity", "Crypto", "Wire",
                "Multiformats", "Time",
            ]),
        tests("LinnetTests", ["linnet", "Engine", "Wire", "Reactor", "Time"]),
        tests(
            "SimulationTests",
            ["Engine", "Groups", "Messaging", "Store", "Swarm", "Reactor", "Identity", "Wire", "Time"]),
        tests(
            "EngineTests",
            [
                "Engine", "Messaging", "RequestResponse", "Identify", "Swarm", "Reactor", "Store", "Identity", "Crypto",
                "Wire", "linnet",
            ], resources: [.copy("Scripts"), .copy("LocalNetwork/flood.py"), .copy("LocalNetwork/refuse.py")]),
        tests(
            "InteropTests",
            [
                "Engine", "Swarm", "Identify", "Ping", "Perf", "RequestResponse", "GossipSub", "Reactor", "Identity",
                "Crypto", "Multiformats", "Wire", "Time", "linnet",
            ], resources: [.copy("Peers")]),
        tests("FuzzTests", ["FuzzTargets", "Engine", "Reactor", "Wire"], resources: [.copy("json_oracle.py")]),
        .executableTarget(
            name: "linnet-bench",
            dependencies: [
                "Time", "Wire", "Multiformats", "Identity", "Yamux", "Noise", "Reactor", "Swarm", "Identify", "Ping",
                "Perf", "RequestResponse", "Crypto", "Store", "Crowd",
            ],
            path: "Tests/Benchmarks", swiftSettings: strict),
    ]
)

// The fuzzer has no `main` of its own: it builds with `--sanitize=fuzzer` only, as `make fuzz` does.
if Context.environment["LINNET_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "linnet-fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Driver", swiftSettings: strict))
}
