#if os(Linux)
    import Crypto
    import Foundation
    import Identity
    import Reactor
    import Testing
    import Wire

    /// What a core of a process would show: while the account is unlocked its secrets lie in guarded memory and
    /// nowhere else, and once it is locked nowhere at all, whatever was asked of it before.
    @Suite struct MemoryTests {
        private static let words = "rally combine sorry swift globe tone snap settle oil tiny lonely eye"
        private static let wordPassphrase = "a word of my own, on no list"

        /// Bytes, and the same as a number of the other byte order, as arithmetic keeps it.
        private static func bothWays(_ name: String, _ secret: SecretBytes) -> [(name: String, bytes: [UInt8])] {
            let bytes = secret.withUnsafeBytes { Array($0) }
            return [(name, bytes), (name + ", reversed", bytes.reversed())]
        }

        private static func patterns(passphrases: [String]) throws -> [(name: String, bytes: [UInt8])] {
            let mnemonic = try Mnemonic(SecretBytes(copying: Array(words.utf8)))
            let seed = try mnemonic.seed(passphrase: SecretBytes(copying: Array(wordPassphrase.utf8)))
            let keys = try AccountKeys(seed: seed)
            var patterns: [(name: String, bytes: [UInt8])] = [
                ("mnemonic", Array(words.utf8)), ("words 5 to 8", Array("globe tone snap settle".utf8)),
                ("mnemonic's passphrase", Array(wordPassphrase.utf8)),
                ("entropy", mnemonic.entropy.withUnsafeBytes { Array($0) }),
                ("seed", seed.secret.withUnsafeBytes { Array($0.prefix(32)) }),
                ("seed's end", seed.secret.withUnsafeBytes { Array($0.suffix(32)) }),
            ]
            patterns += bothWays("peer key", keys.peer.seed) + bothWays("group key", keys.group.seed)
            patterns += bothWays("EVM key", keys.evmKey.withUnsafeBytes { SecretBytes(copying: $0) })
            for passphrase in passphrases { patterns.append(("passphrase", Array(passphrase.utf8))) }
            let key = keys.peer.protobufSecret().withUnsafeBytes { Data($0).base64EncodedString() }
            return patterns + [("key in base64", Array(key.utf8))]
        }

        @Test(arguments: [
            ["zebra quartz ninety-one", "and quite another one"], ["short one", "Gr\\u00fc\\u00dfe, \\\"x\\\""],
        ])
        func secretsAreInGuardedMemoryOrNowhere(_ passphrases: [String]) async throws {
            try await AskedEngine.inFolder("memory") { folder in
                let home = ["--home", folder]
                let made = try AskedEngine(home + ["--profile", "none"], home: folder)
                defer { made.process.send(.kill) }
                try await made.line("started")
                try await made.tell(
                    #""cmd":"account.import","mnemonic":"\#(Self.words)","#
                        + #""mnemonic_passphrase":"\#(Self.wordPassphrase)","profile":"default""#)
                try await made.close()

                let engine = try AskedEngine(home, home: folder)
                defer { engine.process.send(.kill) }
                try await engine.line("started")
                let (first, second) = (passphrases[0], passphrases[1])
                let store = try await Self.storeKey(of: engine)
                let patterns = try Self.patterns(passphrases: passphrases) + Self.bothWays("store key", store)
                let memory = ProcessMemory(process: engine.process.processID)
                guard let before = try await memory.find(patterns) else {
                    return print(
                        "MemoryTests: skipped, as this user may not read the memory of a process that is not "
                            + "dumpable; run as root")
                }
                // The search itself works.
                #expect(before.findings.contains { $0.name == "peer key" && $0.isGuarded })
                #expect(before.findings.contains { $0.name == "entropy" })
                #expect(before.byteCount > 1 << 20)

                try await engine.tell(#""cmd":"account.password","new_passphrase":"\#(first)""#)
                let asks = [
                    #""cmd":"account.export","form":"mnemonic","passphrase":"\#(first)""#,
                    #""cmd":"account.export","form":"key","passphrase":"\#(first)""#,
                    #""cmd":"account.addresses","count":3"#,
                    #""cmd":"account.sign","text":"x""#,
                    #""cmd":"account.sign","text":"x","scheme":"eip191","index":0"#,
                    #""cmd":"account.verify","passphrase":"\#(first)""#,
                ]
                for members in asks { try await engine.tell(members) }
                // What is refused is not kept either.
                for members in [
                    #""cmd":"account.unlok","passphrase":"\#(first)""#,
                    #""cmd":"account.unlock","pasphrase":"\#(first)""#,
                    #""cmd":"account.import","mnemonic":"\#(Self.words)","profile":"default""#,
                ] {
                    let answer = try await engine.ask(members)
                    #expect(answer["type"]?.stringValue == "error")
                }
                let unlocked = try #require(await memory.find(patterns)).findings
                #expect(unlocked.contains { $0.name == "peer key" })
                let open = unlocked.filter { !$0.isGuarded }
                #expect(open.isEmpty, "\(open)")

                try await engine.tell(#""cmd":"account.lock""#)
                try await Self.expectNothing(memory, patterns, "locked")
                try await engine.tell(#""cmd":"account.unlock","passphrase":"\#(first)""#)
                try await engine.tell(
                    #""cmd":"account.password","passphrase":"\#(first)","new_passphrase":"\#(second)""#)
                try await engine.tell(#""cmd":"account.lock""#)
                try await Self.expectNothing(memory, patterns, "locked again")
                try await engine.close()

                // One that was never unlocked knows nothing; one that was asked for the words forgets them.
                let locked = try AskedEngine(home, home: folder)
                defer { locked.process.send(.kill) }
                try await locked.line("locked")
                let other = ProcessMemory(process: locked.process.processID)
                try await Self.expectNothing(other, patterns, "locked from the start")
                try await locked.tell(#""cmd":"account.export","form":"mnemonic","passphrase":"\#(second)""#)
                try await Self.expectNothing(other, patterns, "locked, and asked for the words")
                try await locked.close()
            }
        }

        @NetworkActor private static func storeKey(of engine: AskedEngine) async throws -> SecretBytes {
            let backup = try await engine.tell(#""cmd":"account.export","form":"backup","backup_passphrase":"x""#)
            let bytes = try #require(Data(base64Encoded: backup["backup_b64"]?.stringValue ?? ""))
            return try Vault(parsing: Array(bytes)).open(SecretBytes(copying: Array("x".utf8))).storeKey
        }

        /// Whatever is under way when the answer is written may take a moment to end.
        @NetworkActor private static func expectNothing(
            _ memory: ProcessMemory, _ patterns: [(name: String, bytes: [UInt8])], _ when: String
        ) async throws {
            var findings: [ProcessMemory.Finding] = []
            for _ in 0..<20 {
                findings = try #require(await memory.find(patterns)).findings
                if findings.isEmpty { break }
                await World.real().clock.sleep(for: .milliseconds(50))
            }
            #expect(findings.isEmpty, "\(when): \(findings)")
        }

        @Test func noCoreIsDumped() async throws {
            try await AskedEngine.inFolder("core") { folder in
                let engine = try AskedEngine(["--ephemeral"], home: folder)
                defer { engine.process.send(.kill) }
                try await engine.line("started")
                let id = engine.process.processID
                let limits = try #require(ProcessMemory.read("/proc/\(id)/limits"))
                let core = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") })
                #expect(core.split(separator: " ").suffix(3).prefix(2) == ["0", "0"], "\(core)")
            }
        }

        /// The runtime's own report of a crash would show registers, and what they point to.
        @Test func aCrashShowsNoMemory() async throws {
            try await AskedEngine.inFolder("crash") { folder in
                let engine = try AskedEngine.running(
                    "/bin/sh",
                    ["-c", #"unset SWIFT_BACKTRACE; exec "$@""#, "sh", EngineProcess.tool, "--ephemeral"], home: folder)
                defer { engine.process.send(.kill) }
                try await engine.line("started")
                kill(engine.process.processID, SIGSEGV)
                let status = try #require(await engine.process.end(within: .seconds(30)))
                if case .exited = status { Issue.record("\(status)") }
                #expect(String(decoding: engine.process.errors, as: UTF8.self) == "")
            }
        }

        /// What is not dumpable belongs to root in /proc, whoever runs it: so nobody else attaches to it.
        @Test func nobodyLooksIn() async throws {
            let tool = "/usr/bin/setpriv"
            guard getuid() == 0, access(tool, X_OK) == 0 else {
                return print("MemoryTests: skipped, as only root with setpriv can run a process as another user")
            }
            try await AskedEngine.inFolder("dumpable") { folder in
                // The tool must be where anybody may run it.
                let copy = folder + "/linnet"
                try FileManager.default.copyItem(atPath: EngineProcess.tool, toPath: copy)
                chmod(folder, 0o755)
                let process = try EngineProcess(
                    ["--reuid=65534", "--regid=65534", "--clear-groups", copy, "--ephemeral"], home: folder,
                    program: tool)
                defer { process.send(.kill) }
                while process.takeFirst() == nil {
                    guard await process.news(before: .now + .seconds(20)) else {
                        throw ScriptFailure(description: String(decoding: process.errors, as: UTF8.self))
                    }
                }
                var status = stat()
                #expect(stat("/proc/\(process.processID)/mem", &status) == 0)
                #expect(status.st_uid == 0, "owned by \(status.st_uid): a debugger may attach")
            }
        }
    }
#endif
