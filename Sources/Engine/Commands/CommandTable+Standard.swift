extension CommandTable {
    /// Every command, in the order that `help` lists them.
    static let standard = CommandTable([
        .help, .schema, .status, .stats, .sync, .shutdown, .configGet, .configSet,
        .eventsSubscribe, .eventsAck, .eventsReplay,
        .accountCreate, .accountImport, .accountList, .accountShow, .accountUnlock, .accountLock, .accountPassword,
        .accountVerify,
        .accountExport, .accountRename, .accountDelete, .accountAddresses, .accountSign, .accountVerifySignature,
        .netListen, .netConnect, .netDisconnect, .netPing, .netPerf, .netAddresses,
        .peerList, .peerShow,
        .contactAdd, .contactUpdate, .contactRemove, .contactList,
        .messageSend, .messageList, .messageShow, .messageRead,
        .groupCreate, .groupInvite, .groupAccept, .groupJoin, .groupLeave, .groupList, .groupShow, .groupMembers,
        .groupUpdate, .groupKick, .groupRole, .groupRekey,
        .presenceSet, .presenceList,
        .topicSubscribe, .topicUnsubscribe, .topicPublish, .topicList, .topicPeers,
    ])
}
