Feature: shortest paths, quantified paths, path modes

  # a -> b -> c -> d, a -> c, d -> a; and a lone e.
  Scenario Outline: Shortest walks between two nodes
    Given an empty graph
    And having executed:
      """
      CREATE (a:N {name: 'a'}), (b:N {name: 'b'}), (c:N {name: 'c'}), (d:N {name: 'd'}), (e:N {name: 'e'})
      CREATE (a)-[:R {w: 1}]->(b), (b)-[:R {w: 2}]->(c), (c)-[:R {w: 3}]->(d), (a)-[:S {w: 4}]->(c), (d)-[:R {w: 5}]->(a)
      """
    When executing query:
      """
      MATCH <pattern> RETURN [n IN nodes(p) | n.name] AS names ORDER BY names
      """
    Then the result should be, in order:
      | names |
      | <names> |

    Examples:
      | pattern | names |
      | p = shortestPath((:N {name: 'a'})-[*]->(:N {name: 'd'})) | ['a', 'c', 'd'] |
      | p = shortestPath((:N {name: 'a'})-[:R*]->(:N {name: 'd'})) | ['a', 'b', 'c', 'd'] |
      | p = shortestPath((:N {name: 'd'})<-[:R*]-(:N {name: 'a'})) | ['d', 'c', 'b', 'a'] |
      | p = shortestPath((:N {name: 'a'})-[:R*]-(:N {name: 'd'})) | ['a', 'd'] |
      | p = allShortestPaths((:N {name: 'a'})-[*]->(:N {name: 'd'})) | ['a', 'c', 'd'] |
      | p = ANY SHORTEST (:N {name: 'a'})-[:R]->+(:N {name: 'c'}) | ['a', 'b', 'c'] |
      | p = ALL SHORTEST (:N {name: 'a'})-[]->+(:N {name: 'c'}) | ['a', 'c'] |
      | p = SHORTEST 1 (:N {name: 'b'})-[]->+(:N {name: 'a'}) | ['b', 'c', 'd', 'a'] |
      | p = SHORTEST 1 GROUP (:N {name: 'b'})-[]->+(:N {name: 'd'}) | ['b', 'c', 'd'] |
      | p = ANY SHORTEST (:N {name: 'a'})-[:R]->{2,}(:N {name: 'c'}) | ['a', 'b', 'c'] |
      | p = ANY SHORTEST (:N {name: 'a'})-[]->{2}(:N {name: 'c'}) | ['a', 'b', 'c'] |
      | p = ANY SHORTEST (:N {name: 'a'})((x)-[r]->(y) WHERE r.w < 4)+(:N {name: 'd'}) | ['a', 'b', 'c', 'd'] |
      | p = ANY SHORTEST (:N {name: 'a'})((x)-[r]->(y) WHERE y.name <> 'b')+(:N {name: 'd'}) | ['a', 'c', 'd'] |
      | p = ANY SHORTEST (:N {name: 'b'})-[]->*(:N {name: 'b'}) | ['b'] |
      | p = ANY SHORTEST (:N {name: 'b'})-[]->+(:N {name: 'b'}) | ['b', 'c', 'd', 'a', 'b'] |
      | p = ANY (:N {name: 'b'})-[:R]->{1,1}(:N) | ['b', 'c'] |
      | p = ANY SHORTEST ACYCLIC (:N {name: 'a'})-[]->+(:N {name: 'd'}) | ['a', 'c', 'd'] |
      | p = ANY SHORTEST WALK (:N {name: 'a'})-[]->+(:N {name: 'd'}) | ['a', 'c', 'd'] |
      | p = ANY SHORTEST TRAIL (:N {name: 'a'})-[]->+(:N {name: 'd'}) | ['a', 'c', 'd'] |
      | p = ANY SHORTEST SIMPLE (:N {name: 'a'})-[]->+(:N {name: 'a'}) | ['a', 'c', 'd', 'a'] |

  Scenario Outline: No way is no row
    Given an empty graph
    And having executed:
      """
      CREATE (a:N {name: 'a'})-[:R]->(b:N {name: 'b'}), (e:N {name: 'e'})
      """
    When executing query:
      """
      MATCH <pattern> RETURN p
      """
    Then the result should be empty

    Examples:
      | pattern |
      | p = shortestPath((:N {name: 'a'})-[*]->(:N {name: 'e'})) |
      | p = shortestPath((:N {name: 'b'})-[*]->(:N {name: 'a'})) |
      | p = allShortestPaths((:N {name: 'e'})-[*]-(:N {name: 'a'})) |
      | p = ANY SHORTEST (:N {name: 'a'})-[:S]->+(:N {name: 'b'}) |
      | p = ALL SHORTEST (:N {name: 'a'})-[]->{2,5}(:N {name: 'b'}) |
      | p = SHORTEST 3 (:N {name: 'e'})-[]->+(:N) |
      | p = ACYCLIC (:N {name: 'a'})-[]->{2}(:N) |
      | p = (:N {name: 'a'})((x)-[r:R]->(y) WHERE x.name = 'b'){1,3}(:N) |

  Scenario Outline: How many walks there are, by mode
    # A triangle with one edge doubled: a -> b (twice), b -> c, c -> a.
    Given an empty graph
    And having executed:
      """
      CREATE (a:N {name: 'a'}), (b:N {name: 'b'}), (c:N {name: 'c'})
      CREATE (a)-[:R]->(b), (a)-[:R]->(b), (b)-[:R]->(c), (c)-[:R]->(a)
      """
    When executing query:
      """
      MATCH <pattern> RETURN count(*) AS count
      """
    Then the result should be, in order:
      | count |
      | <count> |

    Examples:
      | pattern | count |
      | p = WALK (:N {name: 'a'})-[:R]->{1,3}(:N) | 6 |
      | p = TRAIL (:N {name: 'a'})-[:R]->{1,3}(:N) | 6 |
      | p = ACYCLIC (:N {name: 'a'})-[:R]->{1,3}(:N) | 4 |
      | p = SIMPLE (:N {name: 'a'})-[:R]->{1,3}(:N) | 6 |
      | p = WALK (:N {name: 'a'})-[:R]->{4}(:N) | 4 |
      | p = TRAIL (:N {name: 'a'})-[:R]->{4}(:N) | 2 |
      | p = SIMPLE (:N {name: 'a'})-[:R]->{4}(:N) | 0 |
      | p = (:N {name: 'a'})-[:R]->{4}(:N) | 2 |
      | p = (:N {name: 'a'})-[:R]->*(:N) | 9 |
      | p = ACYCLIC (:N {name: 'a'})-[:R]->*(:N) | 5 |
      | p = (:N {name: 'a'})-[:R*0..1]->(:N) | 3 |
      | p = SHORTEST 2 (:N {name: 'a'})-[:R]->+(:N {name: 'b'}) | 2 |
      | p = SHORTEST 1 GROUPS (:N {name: 'a'})-[:R]->+(:N {name: 'c'}) | 2 |
      | p = ALL SHORTEST (:N {name: 'a'})-[:R]->+(:N {name: 'c'}) | 2 |
      | p = ANY SHORTEST (:N {name: 'a'})-[:R]->+(:N) | 3 |
      | p = ALL SHORTEST (:N {name: 'a'})-[:R]->+(:N) | 6 |
      | p = ANY 2 (:N {name: 'a'})-[:R]->{1}(:N {name: 'b'}) | 2 |
      | p = ANY (:N {name: 'a'})-[:R]->{1}(:N {name: 'b'}) | 1 |
      | (:N {name: 'a'})((x)-[:R]->(y)-[:R]->(z)){1}(:N) | 2 |
      | (:N {name: 'a'})((x)-[:R]->(y)-[:R]->(z)){1,2}(:N) | 4 |
      | ((x)-[:R]->(y)){2} | 5 |

  Scenario Outline: Variables inside a repeated pattern are lists outside
    Given an empty graph
    And having executed:
      """
      CREATE (a:N {name: 'a'})-[:R {w: 1}]->(b:N {name: 'b'})-[:R {w: 2}]->(c:N {name: 'c'})-[:R {w: 3}]->(d:N {name: 'd'})
      """
    When executing query:
      """
      MATCH (:N {name: 'a'})((x)-[r:R]->(y) WHERE <condition>){<times>}(z) RETURN <value> AS value ORDER BY size(value), value
      """
    Then the result should be, in order:
      | value |
      | <result> |

    Examples:
      | condition | times | value | result |
      | true | 3 | [n IN x \| n.name] | ['a', 'b', 'c'] |
      | true | 3 | [n IN y \| n.name] | ['b', 'c', 'd'] |
      | true | 3 | [s IN r \| s.w] | [1, 2, 3] |
      | r.w < 3 | 2 | [s IN r \| s.w] | [1, 2] |
      | r.w < 2 | 1,3 | [s IN r \| s.w] | [1] |
      | x.name < y.name | 3,3 | [n IN y \| n.name] | ['b', 'c', 'd'] |
      | y.name <> 'c' | 1,3 | [n IN y \| n.name] | ['b'] |
      | EXISTS { (y)-[:R]->() } | 2 | [n IN y \| n.name] | ['b', 'c'] |
      | r.w IN [1, 2] | 2 | [reduce(s = 0, t IN r \| s + t.w)] | [3] |
      | true | 0 | [n IN x \| n.name] | [] |

  Scenario: A path is put together from what repeats and what does not
    Given an empty graph
    And having executed:
      """
      CREATE (:A {name: 'a'})-[:R]->(:B {name: 'b'})-[:R]->(:B {name: 'c'})-[:S]->(:C {name: 'd'})
      """
    When executing query:
      """
      MATCH p = (:A)-[:R]->+(:B)-[:S]->(:C) RETURN p, length(p) AS length
      """
    Then the result should be, in order:
      | p | length |
      | <(:A {name: 'a'})-[:R]->(:B {name: 'b'})-[:R]->(:B {name: 'c'})-[:S]->(:C {name: 'd'})> | 3 |

  Scenario: A bound end on the right is walked backwards and gives the same lists
    Given an empty graph
    And having executed:
      """
      CREATE (:A {name: 'a'})-[:R {w: 1}]->(:B {name: 'b'})-[:R {w: 2}]->(:B {name: 'c'})
      """
    When executing query:
      """
      MATCH (z {name: 'c'}) MATCH (x)-[rs:R*2]->(z) RETURN x.name AS x, [r IN rs | r.w] AS ws
      """
    Then the result should be, in order:
      | x | ws |
      | 'a' | [1, 2] |

  Scenario: A shortest path per row
    Given an empty graph
    And having executed:
      """
      CREATE (a:N {name: 'a'})-[:R]->(b:N {name: 'b'})-[:R]->(c:N {name: 'c'})
      """
    When executing query:
      """
      UNWIND ['b', 'c', 'x'] AS target
      OPTIONAL MATCH p = ANY SHORTEST (:N {name: 'a'})-[:R]->+(:N {name: target})
      RETURN target, length(p) AS hops
      """
    Then the result should be, in order:
      | target | hops |
      | 'b' | 1 |
      | 'c' | 2 |
      | 'x' | null |

  Scenario Outline: What cannot be asked of paths
    Given an empty graph
    When executing query:
      """
      MATCH <pattern> RETURN 1 AS one
      """
    Then a SyntaxError should be raised at compile time: <detail>

    Examples:
      | pattern | detail |
      | p = WALK (a)-[:R]->*(b) | InvalidArgumentValue |
      | (a)-[r:R]->(b)-[r:R]->(c) | RelationshipUniquenessViolation |
      | p = SHORTEST (a)-[:R]->+(b), p = (c) | UnexpectedSyntax |
