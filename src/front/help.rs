//! What can be asked, by topic, with examples that run on the founding case. A test runs them all.

/// A topic with its examples.
pub struct Topic {
    /// Its name.
    pub name: &'static str,
    /// What it is about, in one line.
    pub doc: &'static str,
    /// Questions that run on the founding case.
    pub examples: &'static [&'static str],
}

/// All topics.
pub const TOPICS: &[Topic] = &[
    Topic {
        name: "who",
        doc: "who did it, what they did it to",
        examples: &[
            "who targeted UK_Parliament",
            "what did UK sanction",
            "who was summoned by FCDO",
            "which companies are associated with APT31",
        ],
    },
    Topic {
        name: "yes or no",
        doc: "yes, denied, disputed or no claim found",
        examples: &[
            "did APT31 target UK_Parliament?",
            "was Electoral_Commission compromised by APT31?",
        ],
    },
    Topic {
        name: "and, or, not",
        doc: "several things at once; `not` means that no claim says so",
        examples: &[
            "who condemned UK or condemned China",
            "who targeted UK_Parliament and is attributed to China",
            "which organisations never condemned UK",
        ],
    },
    Topic {
        name: "rules",
        doc: "what follows from claims; `.rules` lists rules, `rule NAME on.` puts one in force",
        examples: &["who targeted UK_Parliament without derived"],
    },
    Topic {
        name: "why",
        doc: "what a fact rests on, who is against it, and on whose word it hangs",
        examples: &[
            "why did APT31 target UK_Parliament",
            "why all APT31 attributed to China",
            "which facts are disputed",
            "which sources matter for APT31 attributed to China",
        ],
    },
    Topic {
        name: "names",
        doc: "prefix, slips of the pen, types, questions inside questions",
        examples: &[
            "who targeted UK_*",
            "who targeted ~parlament",
            "who targeted any parliament",
            "who supported (which countries sanctioned Ni_Gaobin)",
        ],
    },
    Topic {
        name: "time",
        doc: "when it happened, and what was known when",
        examples: &[
            "who targeted UK_Parliament in 2021",
            "when did Electoral_Commission disclose Electoral_Commission_Breach",
            "who targeted UK_Parliament as known on 2024-04-01",
            "timeline of APT31",
            "what changed since 2024-03-01",
        ],
    },
    Topic {
        name: "sources",
        doc: "says who, and without whom",
        examples: &[
            "according to NCSC, who targeted UK_Parliament",
            "who says that APT31 targeted UK_Parliament",
            "who calls APT31 Zirconium",
            "what does Microsoft call APT31",
            "what did UK sanction without News_Report_2024",
        ],
    },
    Topic {
        name: "likelihood",
        doc: "how sure they are",
        examples: &[
            "who almost certainly targeted UK_Parliament",
            "who compromised Electoral_Commission with likelihood >= 80%",
        ],
    },
    Topic {
        name: "disputes",
        doc: "who denies what",
        examples: &[
            "who denies that China targeted UK",
            "which facts are disputed",
            "which attributions did China deny",
        ],
    },
    Topic {
        name: "counting",
        doc: "how many, and per what",
        examples: &[
            "how many persons did UK sanction",
            "how many actors condemned any matter per source",
        ],
    },
    Topic {
        name: "paths",
        doc: "how things hang together",
        examples: &[
            "how is APT31 connected to UK_Government",
            "all paths from Ni_Gaobin to UK_Parliament within 2 hops",
        ],
    },
    Topic {
        name: "why",
        doc: "the claims behind a fact, a claim or a row of the last answer",
        examples: &[
            "why did APT31 target UK_Parliament",
            "why #1",
            "about APT31",
        ],
    },
    Topic {
        name: "output",
        doc: "order, number of rows, formats and files",
        examples: &[
            "what did UK sanction sorted by name top 3",
            "who targeted UK_Parliament | json",
            "explain who targeted any parliament",
        ],
    },
];
