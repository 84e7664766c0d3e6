import Foundation

/// Figures of the whole program, as a user at its pipes sees them.
struct PipeRows {
    let linnet: String

    func run() throws {
        try startUp()
        try oneShots()
        try messages(window: 1)
        try messages(window: 64)
        try durableMessages()
        try bulk()
    }

    /// What a user gets: two contacts whose engines have met a while ago, on disk, with everything on.
    func defaults() throws {
        try atHome { home in
            try measureMessages(
                window: 64, count: 10_000, label: "defaults",
                first: ["--home", home, "--profile", "a", "--listen", "/ip4/127.0.0.1/tcp/0"],
                second: ["--home", home, "--profile", "b"], meetFor: 3)
        }
        try atHome { home in
            let (alice, bob, peer) = try pair(
                ["--home", home, "--profile", "a", "--listen", "/ip4/127.0.0.1/tcp/0"],
                ["--home", home, "--profile", "b"], meetFor: 2)
            let time = seconds {
                for number in 0..<30 {
                    bob.say(
                        #"{"cmd":"message.send","id":\#(number),"to":"\#(peer)","text":"m","wait":"delivered"}"#)
                }
                bob.skip(30, linesWith: #""cmd":"message.send""#)
            }
            Table.add(
                Row("30 messages, 2 s after meeting, defaults", (time * 1000).figure + " ms", note: "until delivered"))
            alice.finish()
            bob.finish()
        }
    }

    private func atHome(_ body: (String) throws -> Void) throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("linnet-bench-\(getpid())").path
        defer { try? FileManager.default.removeItem(atPath: home) }
        try body(home)
    }

    private func engine(_ arguments: [String]) throws -> (program: Program, started: String) {
        let program = try Program(linnet, arguments)
        return (program, program.line(with: #""type":"started""#))
    }

    private func pair(
        _ first: [String], _ second: [String], meetFor time: UInt32 = 0
    ) throws -> (alice: Program, bob: Program, alicePeer: String) {
        let (alice, started) = try engine(first)
        let (bob, other) = try engine(second)
        alice.say(#"{"cmd":"contact.add","id":"c","peer":"\#(field("peer", of: other))","alias":"bob"}"#)
        _ = alice.line(with: #""id":"c""#)
        bob.say(#"{"cmd":"contact.add","id":"c","peer":"\#(field("peer", of: started))","alias":"alice"}"#)
        _ = bob.line(with: #""id":"c""#)
        bob.say(#"{"cmd":"net.connect","id":"d","address":"\#(field("addresses", of: started))"}"#)
        _ = bob.line(with: #""id":"d""#)
        sleep(time)
        return (alice, bob, field("peer", of: started))
    }

    private func startUp() throws {
        var times: [Double] = []
        var memory: [Double] = []
        for _ in 0..<20 {
            let begin = ContinuousClock.now
            let (program, _) = try engine(["--ephemeral"])
            times.append((ContinuousClock.now - begin) / .milliseconds(1))
            usleep(20_000)
            memory.append(program.residentMiB)
            program.finish()
        }
        Table.add(Row("start to started", times.median.figure + " ms", aim: "<= 25 ms", note: "median of 20"))
        Table.add(Row("memory, idle", memory.median.figure + " MiB", aim: "<= 15 MB", note: "resident"))
    }

    /// A command from the command line: given to an engine that runs, and by an engine of its own.
    private func oneShots() throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("linnet-bench-\(getpid())").path
        defer { try? FileManager.default.removeItem(atPath: home) }
        func median() throws -> Double {
            var times: [Double] = []
            for _ in 0..<20 {
                let begin = ContinuousClock.now
                try Program(linnet, ["--home", home, "status"]).finish()
                times.append((ContinuousClock.now - begin) / .milliseconds(1))
            }
            return times.median
        }
        let (engine, _) = try engine(["--home", home])
        let given = try median()
        engine.finish()
        let own = try median()
        Table.add(Row("one-shot, given to an engine", given.figure + " ms", aim: "<= 15 ms", note: "median of 20"))
        Table.add(Row("one-shot, an engine of its own", own.figure + " ms", note: "on disk, median of 20"))
    }

    /// Direct messages from one stdin to the other's stdout, each awaited until delivered.
    private func messages(window: Int) throws {
        try measureMessages(
            window: window, count: window == 1 ? 2_000 : 20_000, label: "in memory",
            first: ["--ephemeral", "--listen", "/ip4/127.0.0.1/tcp/0"], second: ["--ephemeral"])
    }

    private func durableMessages() throws {
        try atHome { home in
            for window in [1, 64] {
                try measureMessages(
                    window: window, count: window == 1 ? 500 : 10_000, label: "on disk",
                    first: ["--home", home, "--profile", "a\(window)", "--listen", "/ip4/127.0.0.1/tcp/0"],
                    second: ["--home", home, "--profile", "b\(window)"])
            }
        }
    }

    private func measureMessages(
        window: Int, count: Int, label: String, first: [String], second: [String], meetFor time: UInt32 = 0
    ) throws {
        let (alice, bob, peer) = try pair(first, second, meetFor: time)
        var latencies: [Double] = []
        var sent: [Int: ContinuousClock.Instant] = [:]
        var next = 0
        func send() {
            sent[next] = .now
            bob.say(
                #"{"cmd":"message.send","id":\#(next),"to":"\#(peer)","text":"message \#(next)","wait":"delivered"}"#)
            next += 1
        }
        let listener = Thread { alice.skip(count, linesWith: #""type":"message""#) }
        listener.start()
        let time = seconds {
            for _ in 0..<window { send() }
            for _ in 0..<count {
                let answer = bob.line(with: #""cmd":"message.send""#)
                if let begin = sent.removeValue(forKey: Int(field("id", of: answer)) ?? -1) {
                    latencies.append((ContinuousClock.now - begin) / .milliseconds(1))
                }
                if next < count { send() }
            }
            while !listener.isFinished { usleep(200) }
        }
        let quantiles = "p50 \(latencies.median.figure) p99 \(latencies.quantile(0.99).figure) ms"
        Table.add(
            Row(
                "messages delivered, \(label)", (Double(count) / time).figure + "/s",
                note: "\(window) in flight, \(quantiles)"))
        alice.finish()
        bob.finish()
    }

    private func bulk() throws {
        let listen = ["--ephemeral", "--perf", "--listen", "/ip4/127.0.0.1/tcp/0"]
        let (alice, bob, peer) = try pair(listen, ["--ephemeral"])
        var up: [Double] = []
        var down: [Double] = []
        for round in 0..<5 {
            bob.say(
                #"{"cmd":"net.perf","id":\#(round),"peer":"\#(peer)","upload":1073741824,"download":1073741824}"#)
            let answer = bob.line(with: #""type":"ok","id":\#(round)"#)
            up.append(Double(field("upload_mib_s", of: answer)) ?? 0)
            down.append(Double(field("download_mib_s", of: answer)) ?? 0)
        }
        Table.add(
            Row("bulk, one stream, up", up.median.figure + " MiB/s", aim: ">= 1,200", note: "median of 5 x 1 GiB"))
        Table.add(
            Row("bulk, one stream, down", down.median.figure + " MiB/s", aim: ">= 1,200", note: "median of 5 x 1 GiB"))
        alice.finish()
        bob.finish()
    }
}
