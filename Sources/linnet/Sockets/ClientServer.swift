import Engine
import Reactor
import Time

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Lets other programs of this user speak to an engine, over Unix sockets: the language is that of the pipes.
@NetworkActor final class ClientServer {
    private let world: World
    private let log: any LogSink
    private var files: [SocketFile] = []
    private var adopted: [UnixListener] = []
    private var engine: Engine?

    init(world: World, log: any LogSink) {
        self.world = world
        self.log = log
    }

    /// Listens at a path. Who connects waits for the engine.
    ///
    /// - Throws: `address.in_use`, `config.invalid`.
    func listen(at path: String, isLocked: Bool = false) throws(CommandFailure) {
        files.append(try SocketFile(path, isLocked: isLocked))
        if let engine, let file = files.last { serve(file.listener, engine) }
    }

    /// Takes over the sockets that whoever started this process listens on already.
    ///
    /// - Throws: `config.invalid`.
    func adopt(_ descriptors: [Int32]) throws(CommandFailure) {
        for descriptor in descriptors {
            do throws(NetworkError) {
                adopted.append(try UnixListener(adopting: descriptor))
            } catch {
                throw CommandFailure(.configInvalid, "socket activation: \(error)")
            }
        }
    }

    /// Lets those who connect speak to the engine; and serves them in its profile, if it has one.
    func serve(_ engine: Engine, in directory: String?) {
        self.engine = engine
        for listener in files.map(\.listener) + adopted { serve(listener, engine) }
        guard let directory else { return }
        do throws(CommandFailure) {
            try listen(at: directory + "/" + Engine.socketName, isLocked: true)
        } catch {
            // The engine is of use without; one-shots will say that the profile is in use.
            write(.warning, "no clients in the profile", [("reason", error.message)])
        }
    }

    /// Listens no more. Clients that are connected stay.
    func close() {
        for file in files { file.remove() }
        for listener in adopted { listener.close() }
        (files, adopted, engine) = ([], [], nil)
    }

    private func serve(_ listener: UnixListener, _ engine: Engine) {
        listener.onAccept = { [weak self] connection in self?.accept(connection, engine) }
    }

    private func accept(_ connection: UnixConnection, _ engine: Engine) {
        guard connection.peerUser == geteuid() || connection.peerUser == 0 else {
            write(.warning, "client refused", [("user", "\(connection.peerUser)")])
            return connection.close()
        }
        // Whoever finds an engine on its way out does better without it.
        guard engine.isRunning else { return connection.close() }
        let sink = DescriptorSink(connection.writer)
        do throws(CommandFailure) {
            let client = try engine.connect(sink) { connection.close() }
            spawn {
                while let bytes = try? await connection.reader.read() {
                    await client.receive(bytes)
                    // There may have been a secret in it.
                    bytes.erase()
                }
                await client.endOfInput()
            }
        } catch {
            write(.warning, "client refused", [("reason", error.message)])
            spawn { [world] in
                await Engine.refuse(error, world: world, output: sink)
                connection.close()
            }
        }
    }

    private func write(_ level: LogLevel, _ event: String, _ fields: [(name: String, value: String)]) {
        if level <= log.level { log.write(LogRecord(level, at: world.wallClock.now, event, fields)) }
    }
}
