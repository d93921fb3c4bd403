package io.larder.toolbox;

/** What a limit does while the store that counts does not answer. */
public enum WhenDown {
    /** It lets calls pass, uncounted. */
    ALLOW,

    /** It refuses them. */
    REFUSE,

    /** It counts in this process alone: each process then allows the whole limit. */
    LOCAL
}
