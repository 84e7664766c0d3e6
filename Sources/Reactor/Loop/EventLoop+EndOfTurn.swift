extension EventLoop {
    /// Runs `action` once, at the end of this turn of the loop. See `World.atEndOfTurn`.
    @NetworkActor func atEndOfTurn(_ action: @escaping @NetworkActor () -> Void) {
        endOfTurn.append(action)
    }
}
