Feature: What writing clauses ask

  Scenario Outline: A written value may ask a pattern
    Given an empty graph
    And having executed:
      """
      CREATE (a:A {n: 1})-[:R]->(b:B {n: 2})-[:R]->(:C {n: 3})
      """
    When executing query:
      """
      <query>
      """
    Then the result should be, in order:
      | found |
      | <found> |

    Examples:
      | query | found |
      | MATCH (b:B) SET b.degree = COUNT { (b)--() } RETURN b.degree AS found | 2 |
      | MATCH (b:B) SET b += {degree: COUNT { (b)-->() }} RETURN b.degree AS found | 1 |
      | MATCH (b:B) SET b = {out: EXISTS { (b)-->(:C) }} RETURN b.out AS found | true |
      | MATCH (b:B) CREATE (x {ends: [(b)--(e) \| e.n]}) RETURN size(x.ends) AS found | 2 |
      | MATCH (b:B) CREATE (b)-[r:S {known: COUNT { (b)--() }}]->(b) RETURN r.known AS found | 2 |
      | MATCH (b:B) MERGE (x:New) ON CREATE SET x.n = COUNT { (b)--() } RETURN x.n AS found | 2 |
      | MATCH (b:B) MERGE (c:C) ON MATCH SET c.n = COUNT { (b)--() } RETURN c.n AS found | 2 |
      | MATCH (b:B) MERGE (x:New {n: COUNT { (b)--() }}) RETURN x.n AS found | 2 |
      | MATCH (b:B) DELETE [(b)-[r]->() \| r][0] WITH b RETURN COUNT { (b)--() } AS found | 1 |
      | MATCH (b:B) SET b.all = COLLECT { MATCH (b)--(e) RETURN e.n ORDER BY e.n } RETURN b.all AS found | [1, 3] |
      | UNWIND [1, 2, 3] AS found WITH found LIMIT COUNT { (:B) } RETURN found | 1 |
      | UNWIND [1, 2, 3] AS found RETURN found SKIP COUNT { ()-->() } | 3 |
