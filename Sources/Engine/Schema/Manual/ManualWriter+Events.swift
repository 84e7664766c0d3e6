/// `linnet-events(5)`
extension ManualWriter {
    mutating func events(of language: Language) {
        begin(.events, "the events that linnet writes")
        macro("Sh", "DESCRIPTION")
        say(
            "linnet writes events to its standard output, one JSON object per line, between the answers to "
                + "commands. The first key of a line is always type: the name of an event, or ok, error, item or progress for an "
                + "answer. Readers must ignore types and fields that they do not know.")
        section("SESSION", .lifecycle, language, "The first line and the last line of every run.")
        section(
            "DURABLE EVENTS", .durable, language,
            "These are stored in the transaction of the change they report, and numbered: seq increases by one with "
                + "each event and is never reused. After a crash, those that may not have reached the reader are written again, "
                + "marked with again if the reader may have been given them before.")
        section(
            "EPHEMERAL EVENTS", .ephemeral, language,
            "These are written once, to those who are reading. What a slow reader misses is counted in dropped.")
        seeAlso([("linnet", 1), ("linnet-commands", 5), ("linnet-errors", 5), ("linnet-protocol", 5)])
    }

    private mutating func section(
        _ title: String, _ durability: EventSpec.Durability, _ language: Language, _ introduction: String
    ) {
        macro("Sh", title)
        say(introduction)
        for event in language.events where event.durability == durability {
            macro("Ss", event.name)
            say(event.summary)
            if event.since != "0.1.0" { say("Since version \(event.since).") }
            fields("Fields:", event.envelope + event.fields)
            raw(".Pp")
            say("Example:")
            literal([LineShape.event(event).sample(without: Fields.again.name).text])
        }
    }
}
