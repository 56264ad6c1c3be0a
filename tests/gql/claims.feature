Feature: claims as relationships, the view

  Scenario Outline: Fields of claims are properties
    Given the founding case
    When executing query:
      """
      <query>
      """
    Then the result should be, in order:
      | found |
      | <found> |

    Examples:
      | query | found |
      | MATCH ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) RETURN collect(DISTINCT c.source) AS found | ['NCSC'] |
      | MATCH ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) RETURN max(c.likelihood) AS found | 97.5 |
      | MATCH ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) WHERE c.term IS NOT NULL RETURN c.term AS found | 'almost certain' |
      | MATCH ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) RETURN min(c.from.year) AS found | 2021 |
      | MATCH ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) RETURN collect(DISTINCT c.polarity) AS found | ['asserted'] |
      | MATCH ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) RETURN count(c) AS found | 2 |
      | MATCH ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) RETURN count(DISTINCT endNode(c)) AS found | 1 |
      | MATCH (g:group)-[:targeted]->(:parliament) RETURN collect(DISTINCT g.name) AS found | ['APT31'] |
      | MATCH (g:group)-[:`attributed-to`]->(c:country) RETURN collect(DISTINCT c.name) AS found | ['China'] |
      | MATCH (g:group)-[:attributed_to]->(c:country) RETURN collect(DISTINCT c.name) AS found | ['China'] |
      | MATCH (x:institution {name: 'UK_Parliament'}) RETURN labels(x) AS found | ['parliament'] |
      | MATCH (x {name: 'UK_Parliament'}) RETURN x.title AS found | 'Parliament of the United Kingdom' |
      | MATCH (x {name: 'APT31'}) RETURN x.mitre AS found | 'G0128' |
      | MATCH (x {name: 'Judgment Panda'}) RETURN count(x) AS found | 0 |
      | MATCH ({name: 'APT31'})-[:`also-known-as`]->(n) WHERE n.name STARTS WITH 'J' RETURN n.name AS found | 'Judgment Panda' |
      | MATCH ({name: 'APT31'})-[c]->(n) RETURN any(t IN collect(type(c)) WHERE t = 'also-known-as') AS found | false |
      | MATCH (n) RETURN any(l IN collect(labels(n)) WHERE 'name' IN l) AS found | false |
      | CALL db.labels() YIELD label WHERE label = 'parliament' RETURN label AS found | 'parliament' |
      | CALL db.relationshipTypes() YIELD relationshipType AS t WHERE t = 'targeted' RETURN t AS found | 'targeted' |

  Scenario Outline: The view before MATCH
    Given the founding case
    When executing query:
      """
      <view> MATCH <pattern> RETURN count(c) AS found
      """
    Then the result should be, in order:
      | found |
      | <found> |

    Examples:
      | view | pattern | found |
      | ONLY DENIED | ({name: 'China'})-[c:targeted]->({name: 'UK'}) | 1 |
      | INCLUDING DENIED | ({name: 'China'})-[c:targeted]->({name: 'UK'}) | 2 |
      | AS KNOWN ON '2024-03-27' | ({name: 'China'})-[c:targeted]->({name: 'UK'}) | 1 |
      | AS KNOWN ON '2023-08-01' | ({name: 'China'})-[c:targeted]->({name: 'UK'}) | 0 |
      | AS TRUE ON '2021' | ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) | 2 |
      | AS TRUE ON '2021-05' | ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) | 2 |
      | AS TRUE ON '2020' | ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) | 0 |
      | AS TRUE SINCE '2021' | ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) | 2 |
      | AS TRUE SINCE '2022' | ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) | 0 |
      | AS TRUE BEFORE '2021' | ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) | 0 |
      | AS TRUE BEFORE '2022' | ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) | 2 |
      | AS TRUE BETWEEN '2020' AND '2021' | ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) | 2 |
      | AS TRUE AT UNKNOWN TIME | ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) | 0 |
      | ACCORDING TO 'NCSC' | ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) | 2 |
      | ACCORDING TO 'UK' | ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) | 0 |
      | ACCORDING TO 'UK' OR 'NCSC' | ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) | 2 |
      | NOT ACCORDING TO 'NCSC' | ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) | 0 |
      | WITHOUT 'News_Report_2024' | ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) | 1 |
      | AS TRUE ON '2021' ACCORDING TO 'NCSC' | ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) | 2 |

  Scenario Outline: Writing claims
    Given an empty graph
    And having executed:
      """
      CREATE (a:person {name: 'Ann'}), (b:person {name: 'Bob'}), (s {name: 'Times'})
      """
    And having executed:
      """
      MATCH (a {name: 'Ann'}), (b {name: 'Bob'}) CREATE (a)-[:MET {<fields>}]->(b)
      """
    When executing query:
      """
      <view> (a)-[c]->(b) RETURN <value> AS found
      """
    Then the result should be, in order:
      | found |
      | <found> |

    Examples:
      | fields | view | value | found |
      | likelihood: 70 | MATCH | c.likelihood | 70 |
      | likelihood: 70 | MATCH | c | [:MET {likelihood: 70}] |
      | likelihood: 'high' | MATCH | c.likelihood | 'high' |
      | source: 'Times' | MATCH | c.source | 'Times' |
      | source: 'Times' | ACCORDING TO 'Times' MATCH | count(c) | 1 |
      | source: 'Nobody' | MATCH | c.source | 'Nobody' |
      | from: '2021-03' | MATCH | c.from | '2021-03' |
      | from: '2021-03' | AS TRUE ON '2021' MATCH | count(c) | 1 |
      | from: '2021', until: '2022' | AS TRUE ON '2023' MATCH | count(c) | 0 |
      | from: 'London' | MATCH | c.from | 'London' |
      | polarity: 'denied' | MATCH | count(c) | 0 |
      | polarity: 'denied' | INCLUDING DENIED MATCH | count(c) | 1 |
      | since: 2020, x: [1, 2] | MATCH | c | [:MET {since: 2020, x: [1, 2]}] |
      | quote: 'a "b"' | MATCH | c.quote | 'a "b"' |
      | confidence: 'high', credibility: 2 | MATCH | keys(c) | ['confidence', 'credibility'] |

  Scenario: What was deleted is known for the time before
    Given the founding case
    And having executed:
      """
      MATCH ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) DELETE c
      """
    When executing query:
      """
      MATCH ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) RETURN count(c) AS now
      """
    Then the result should be, in order:
      | now |
      | 0 |
    When executing control query:
      """
      INCLUDING RETRACTED MATCH ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) RETURN count(c) AS once, count(c.retracted) AS gone
      """
    Then the result should be, in order:
      | once | gone |
      | 2 | 2 |

  Scenario: A claim is changed in place, and its number stays
    Given the founding case
    When executing query:
      """
      MATCH ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) WHERE c.likelihood IS NOT NULL
      WITH c, id(c) AS before SET c.likelihood = 50, c.note = 'revised'
      RETURN id(c) = before AS same, c.likelihood AS likelihood, c.note AS note, c.source AS source
      """
    Then the result should be, in order:
      | same | likelihood | note | source |
      | true | 50 | 'revised' | 'NCSC' |

  Scenario Outline: Views that say nothing sensible are refused
    Given the founding case
    When executing query:
      """
      <view> MATCH (a)-[c]->(b) RETURN c
      """
    Then a SyntaxError should be raised at compile time: InvalidArgumentValue

    Examples:
      | view |
      | AS KNOWN ON 'yesterday-ish' |
      | AS TRUE ON '31.12.2021' |
      | ACCORDING TO 'Nobody_At_All' |
