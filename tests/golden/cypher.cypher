// Made by whodunit: entities are nodes, claims are relationships.
CREATE (:`group`:`intrusion-set` {name: 'APT31', title: 'Advanced Persistent Threat Group 31', mitre: 'G0128'});
CREATE (:country {name: 'China'});
CREATE (:embassy {name: 'Chinese_Embassy_London', title: 'Embassy of China in London'});
CREATE (:agency {name: 'NCSC', title: 'National Cyber Security Centre'});
CREATE (:report {name: 'News_Report_2024', title: 'UK holds China state-affiliated organizations responsible for cyber campaigns targeting democratic institutions'});
CREATE (:country {name: 'UK'});
CREATE (:parliament {name: 'UK_Parliament', title: 'Parliament of the United Kingdom'});
CREATE (:report {name: 'UK_Release_2024', title: 'UK holds China state-affiliated organisations and individuals responsible for malicious cyber activity'});
MATCH (a {name: 'APT31'}), (b {name: 'UK_Parliament'}) CREATE (a)-[:targeted {source: 'NCSC', via: 'News_Report_2024', from: '2021', until: '2021', locator: 'paragraph 2'}]->(b);
MATCH (a {name: 'APT31'}), (b {name: 'UK_Parliament'}) CREATE (a)-[:targeted {source: 'NCSC', via: 'UK_Release_2024', likelihood: 97.5, scale: 'PHIA', term: 'almost certain', from: '2021', until: '2021', reported: '2024-03-25', reference: 'https://www.gov.uk/government/news/uk-holds-china-state-affiliated-organisations-and-individuals-responsible-for-malicious-cyber-activity', quote: 'almost certain'}]->(b);
MATCH (a {name: 'China'}), (b {name: 'UK'}) CREATE (a)-[:targeted {source: 'UK', via: 'Chinese_Embassy_London', locator: 'paragraph 6', quote: 'The UK’s claim that China was responsible for malicious cyber campaigns targeting the UK'}]->(b);
MATCH (a {name: 'China'}), (b {name: 'UK'}) CREATE (a)-[:targeted {polarity: 'denied', source: 'Chinese_Embassy_London', via: 'News_Report_2024', locator: 'paragraph 6', quote: 'completely unfounded and constitutes malicious slander'}]->(b);
