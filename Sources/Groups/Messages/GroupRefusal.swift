/// Why a frame of a group is not taken. The raw values are stable: they name the counters of `stats`.
public enum GroupRefusal: String, Error, Sendable, CaseIterable {
    /// More bytes than a frame, or a body, may have.
    case tooLarge = "too_large"
    /// Not a frame, or nothing that can be read in it.
    case malformed
    /// A version of the format that is not known here.
    case unsupportedVersion = "unsupported_version"
    /// In the clear in a private group, or encrypted in a public one.
    case wrongVisibility = "wrong_visibility"
    /// Under a key that we have not. It may come: ask for it, and catch up then.
    case unknownEpoch = "unknown_epoch"
    /// Changed, or not made with the key that it names.
    case undecipherable
    /// Said in another group.
    case anotherGroup = "another_group"
    /// Said in another epoch than the one whose key it came under: somebody encrypted it anew.
    case replayedEpoch = "replayed_epoch"
    /// Said in an epoch that has been over for longer than ``Group/epochGrace``.
    case epochOver = "epoch_over"
    /// The author's identity is not Ed25519.
    case unsupportedKey = "unsupported_key"
    /// The author did not sign it.
    case invalidSignature = "invalid_signature"
    /// The author's clock is ahead of ours by more than ``Group/clockTolerance``, or ours is behind.
    case clockAhead = "clock_ahead"
    /// The message claims to be older than the epoch that it was said in.
    case clockBehind = "clock_behind"
    /// The author was removed, or left, before.
    case removedMember = "removed_member"
    /// The author is no member, as far as the log is known here.
    case notMember = "not_member"
    /// Seen before.
    case duplicate
    /// The log of the group has not come yet.
    case logMissing = "log_missing"
}
