/// The runtime that linnet's network thread is made of: one event loop, and what programs on it can reach.
///
/// - `EventLoop` runs everything isolated to `NetworkActor`, on one thread. `spawn` starts a task on it.
/// - `World` is the outside: clock, wall clock, randomness, network, worker threads. Code takes a `World` and asks
///   nothing else, so that it runs unchanged in the simulated one.
/// - `World.real()` is this machine. `SimulatedWorld` is a network of hosts inside one process, with a virtual clock
///   that jumps to the next event when nothing is left to do: the same seed gives the same run, byte for byte.
///
/// ```swift
/// try await SimulatedWorld.run(seed: 7) { simulation in
///     let alice = simulation.host("alice"), bob = simulation.host("bob")
///     simulation.setConditions(LinkConditions(latency: .milliseconds(40)))
///     …
///     await alice.clock.sleep(for: .seconds(3600))    // takes no time
/// }
/// ```
