/// `linnet-events(5)`
extension ManualWriter {
    mutating func events(of language: Language) {
        begin(.events, "the events that linnet writes")
        macro("Sh", "DESCRIPTION")
        say(
            "linnet writes what happens to its standard output, one JSON object a line, between the answers to "
                + "commands. The first key of a line is always type: an event's name, or ok, error or item for an "
                + "answer. Readers ignore types and fields that they do not know.")
        section("SESSION", .lifecycle, language, "The first line and the last line of every run.")
        section(
            "DURABLE EVENTS", .durable, language,
            "These are stored in the transaction of the change that they tell, and numbered: seq grows by one with "
                + "each and is never used again. After a crash those come again, with again, that the reader may "
                + "not have.")
        section(
            "EPHEMERAL EVENTS", .ephemeral, language,
            "These are told once, to whoever reads now. What a slow reader misses is counted in dropped.")
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
