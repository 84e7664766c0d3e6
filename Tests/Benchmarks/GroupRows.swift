import Foundation

/// Figures of topics and groups between whole programs, pipe to pipe.
struct GroupRows {
    let linnet: String

    func run() throws {
        try topic()
        try fanOut()
        try group()
    }

    private static let listen = ["--ephemeral", "--listen", "/ip4/127.0.0.1/tcp/0"]

    private func engine(_ arguments: [String]) throws -> (program: Program, peer: String, address: String) {
        let program = try Program(linnet, arguments)
        let started = program.line(with: #""type":"started""#)
        return (program, field("peer", of: started), field("addresses", of: started))
    }

    /// Messages of 256 bytes as fast as one writes them, to one who reads them.
    private func topic() throws {
        let count = 100_000
        let (alice, _, address) = try engine(Self.listen)
        let (bob, _, _) = try engine(["--ephemeral"])
        for program in [alice, bob] { program.say(#"{"cmd":"topic.subscribe","topic":"t","id":"s"}"#) }
        bob.say(#"{"cmd":"net.connect","id":"c","address":"\#(address)"}"#)
        for program in [alice, bob] { _ = program.line(with: #""id":"s""#) }
        Thread.sleep(forTimeInterval: 2)
        let text = String(repeating: "x", count: 248)
        // Answers are read, so that the pipe of the one who writes stays open.
        let answers = Thread { bob.skip(count, linesWith: #""cmd":"topic.publish""#) }
        answers.start()
        let writer = Thread {
            for batch in 0..<count / 100 {
                let lines = (0..<100).map { index in
                    #"{"cmd":"topic.publish","topic":"t","text":"\#(text)\#(10_000_000 + batch * 100 + index)"}"# + "\n"
                }
                bob.write(Array(lines.joined().utf8))
            }
        }
        var got = 0
        let time = seconds {
            writer.start()
            var last = ""
            while got < count, let line = alice.line() {
                if line.contains(#""type":"topic.message""#) { got += 1 }
                if line.contains(#""type":"dropped""#) { last = line }
                if !last.isEmpty { break }
            }
        }
        Table.add(
            Row(
                "gossip, 256 bytes, pipe to pipe", (Double(got) / time).figure + "/s", aim: ">= 15,000/s",
                note: "\(count - got) of \(count) lost"))
        bob.finish()
        alice.finish()
    }

    /// One speaks, twenty listen.
    private func fanOut() throws {
        let (listeners, count) = (20, 2_000)
        let (speaker, _, address) = try engine(Self.listen)
        speaker.say(#"{"cmd":"topic.subscribe","topic":"t"}"#)
        let programs = try (0..<listeners).map { _ in
            let (program, _, _) = try engine(["--ephemeral"])
            program.say(#"{"cmd":"topic.subscribe","topic":"t"}"#)
            program.say(#"{"cmd":"net.connect","id":"c","address":"\#(address)"}"#)
            _ = program.line(with: #""id":"c""#)
            return program
        }
        Thread.sleep(forTimeInterval: 3)
        let threads = programs.map { program in
            Thread { program.skip(count, linesWith: #""type":"topic.message""#) }
        }
        let answers = Thread { speaker.skip(count, linesWith: #""cmd":"topic.publish""#) }
        let time = seconds {
            for thread in threads + [answers] { thread.start() }
            let text = String(repeating: "x", count: 256)
            for _ in 0..<count { speaker.say(#"{"cmd":"topic.publish","topic":"t","text":"\#(text)"}"#) }
            while !threads.allSatisfy(\.isFinished) { usleep(500) }
        }
        Table.add(
            Row(
                "gossip, one to 20 engines", (Double(count * listeners) / time).figure + "/s",
                note: "\(count) messages of 256 bytes to each in \(time.figure) s, none lost"))
        for program in programs + [speaker] { program.finish() }
    }

    /// A group of two, encrypted, signed and stored: one message at a time, from stdin to the other's stdout.
    private func group() throws {
        let (alice, _, address) = try engine(Self.listen)
        let (bob, _, _) = try engine(["--ephemeral"])
        bob.say(#"{"cmd":"net.connect","id":"c","address":"\#(address)"}"#)
        _ = bob.line(with: #""id":"c""#)
        alice.say(#"{"cmd":"group.create","id":"g","name":"team"}"#)
        _ = alice.line(with: #""id":"g""#)
        alice.say(##"{"cmd":"group.invite","id":"i","group":"#team"}"##)
        let invite = field("invite", of: alice.line(with: #""id":"i""#))
        bob.say(#"{"cmd":"group.accept","id":"a","invite":"\#(invite)"}"#)
        _ = bob.line(with: #""id":"a""#)
        Thread.sleep(forTimeInterval: 2)
        var delays: [Double] = []
        for number in 0..<2_000 {
            let begin = ContinuousClock.now
            alice.say(##"{"cmd":"message.send","to":"#team","text":"message \##(number)"}"##)
            _ = bob.line(with: #""type":"message""#)
            delays.append((ContinuousClock.now - begin) / .milliseconds(1))
            _ = alice.line(with: #""cmd":"message.send""#)
        }
        Table.add(
            Row(
                "group message, pipe to pipe", "p50 \(delays.median.figure) ms",
                note: "p99 \(delays.quantile(0.99).figure) ms, one at a time, in memory"))
        let count = 20_000
        let answers = Thread { alice.skip(count, linesWith: #""cmd":"message.send""#) }
        let time = seconds {
            answers.start()
            let writer = Thread {
                for number in 0..<count {
                    alice.say(##"{"cmd":"message.send","to":"#team","text":"message \##(number)"}"##)
                }
            }
            writer.start()
            bob.skip(count, linesWith: #""type":"message""#)
        }
        Table.add(
            Row(
                "group messages, as fast as it goes", (Double(count) / time).figure + "/s", note: "in memory, none lost"
            ))
        alice.finish()
        bob.finish()
    }
}
