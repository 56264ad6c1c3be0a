//! A case file in memory: a journal and a snapshot, without a store. Tests close and open graphs with it.

use std::collections::BTreeMap;
use std::sync::Arc;
use whodunit::graph::Graph;
use whodunit::model::{PageFault, Pages, Part};

/// Pages by part and number.
#[derive(Clone, Debug, Default)]
pub struct MemoryPages(pub BTreeMap<(u16, u32), Vec<u8>>);

impl Pages for MemoryPages {
    fn page(&self, part: Part, index: u32) -> Result<Vec<u8>, PageFault> {
        let page = self.0.get(&(part.0, index)).cloned();
        page.ok_or_else(|| PageFault {
            part,
            index,
            reason: "it is missing".to_owned(),
        })
    }
}

/// Journal and snapshot.
#[derive(Debug, Default)]
pub struct Notebook {
    /// A record a transaction.
    pub journal: Vec<Vec<u8>>,
    /// How many records the snapshot covers, its head, its pages.
    pub snapshot: Option<(usize, Vec<u8>, Arc<MemoryPages>)>,
}

impl Notebook {
    /// Keeps what was done to a graph.
    pub fn keep(&mut self, graph: &mut Graph) {
        let record = graph.take_log();
        if !record.is_empty() {
            self.journal.push(record);
        }
    }

    /// Writes a snapshot of all that was kept.
    pub fn photograph(&mut self, graph: &mut Graph) {
        self.keep(graph);
        let mut pages = MemoryPages::default();
        let head = graph.snapshot(&mut |part, index, page| {
            pages.0.insert((part.0, index), page);
        });
        self.snapshot = Some((self.journal.len(), head, Arc::new(pages)));
    }

    /// The graph as whoever opens the file finds it.
    pub fn open(&self) -> Graph {
        let (covered, mut graph) = match &self.snapshot {
            Some((covered, head, pages)) => {
                let graph = Graph::open(head, pages.clone()).expect("a snapshot");
                (*covered, graph)
            }
            None => (0, Graph::new()),
        };
        for record in &self.journal[covered..] {
            graph.replay(record).expect("a record");
        }
        graph.keep_log();
        graph
    }
}
