/// Ways of speaking that go with decisions, actions and problems, whatever the meeting is about.
///
/// The families are general English; their weights (``ItemWeights``) were fitted on the training
/// part of the AMI and ICSI meeting corpora.
struct Cue: Sendable {
  let name: String
  let phrases: Phrases

  init(_ name: String, _ phrases: Phrases) {
    self.name = name
    self.phrases = phrases
  }

  static let all: [Cue] = [
    Cue(
      "choose",
      Phrases(
        "let's go with|let's use|let's do|let's have|let's make|let's say|let's keep|"
          + "let's take|let's stick|go for|gonna go with|going to go with|we'll go with|"
          + "go with|we'll use|we'll have|we'll do|we'll make|we'll keep|we're gonna use|"
          + "we're going to use|we're gonna have|we're going to have|we're gonna do|"
          + "we're going to do|stick with|stick to|settle on|settled on|opt for|we can use|"
          + "we could use|choose|chose|chosen")),
    Cue(
      "decide",
      Phrases(
        "decide|decided|decides|decision|decisions|agree|agreed|agreement|approve|"
          + "approved|adopt|adopted|resolved|carried|final|finally|definitely|so moved|"
          + "motion|vote|unanimous|consensus")),
    Cue(
      "should",
      Phrases(
        "we should|we have to|we need to|we need|we must|has to be|have to be|should be|"
          + "needs to be|it should|it has to|it will be|will be|would be|we want|we wanna")),
    Cue(
      "negate",
      Phrases(
        "we won't|we don't need|we're not gonna|we're not going to|not gonna|no need|"
          + "get rid of|leave out|drop|instead of|rather than|no longer|without")),
    Cue(
      "sowe",
      Phrases(
        "so we|so it's|so it|so that's|so the|that means")),
    Cue(
      "propose",
      Phrases(
        "i think we|i suggest|i'd suggest|i propose|how about|what about|why don't we|"
          + "maybe we|we could|i would|i'd say|i'd like")),
    Cue(
      "iwill",
      Phrases(
        "i'll|i will|i'm gonna|i'm going to|i can|let me|i need to|i have to|i should|"
          + "i'd be|i could")),
    Cue(
      "youwill",
      Phrases(
        "you'll|you will|you're gonna|you're going to|can you|could you|would you|"
          + "will you|you can|you could|you should|you have to|you need to|please|your task|"
          + "your job")),
    Cue(
      "theywill",
      Phrases(
        "he'll|she'll|they'll|he will|she will|they will|will be working|"
          + "gonna be working|is going to|are going to")),
    Cue(
      "task",
      Phrases(
        "work on|look at|look into|find out|check|send|email|e mail|mail|write|write up|"
          + "prepare|report|minutes|document|finish|put together|set up|get back|talk to|"
          + "ask|try|run|make sure|figure out|think about|come up with|fill in|fill out|"
          + "questionnaire|present|presentation|design|draft|circulate|forward|collect|"
          + "discuss|contact|schedule|organise|organize|update|test")),
    Cue(
      "when",
      Phrases(
        "tomorrow|today|tonight|monday|tuesday|wednesday|thursday|friday|saturday|"
          + "sunday|next week|this week|next month|next meeting|next time|half an hour|"
          + "by then|before the|until|deadline|later|soon|by the end|this afternoon|lunch|"
          + "in the meantime|minutes left|thirty minutes|weekend")),
    Cue(
      "next",
      Phrases(
        "next meeting|next time|until then|in the meantime|before next|action|actions|"
          + "action item|action items|to do|tasks|assignment|assignments|individual|"
          + "homework|specific instructions|personal coach")),
    Cue(
      "problem",
      Phrases(
        "problem|problems|issue|issues|trouble|difficult|difficulty|hard to|concern|"
          + "concerned|concerns|worry|worried|complain|risk|wrong|fail|fails|failed|broken|"
          + "bug|mistake|confused|confusing|confusion|annoying|frustrating|disadvantage|"
          + "drawback|expensive|costs too|too much|too many|too big|too small|too late|"
          + "not enough|lack|missing|impossible|stuck|limit|limited|constraint|complicated|"
          + "unfortunately|noisy|error|errors")),
    Cue(
      "unsure",
      Phrases(
        "i don't know|don't know|not sure|i'm not sure|i wonder|unclear|not clear|"
          + "depends|question is|who knows|no idea|hard to say|the question|whether|"
          + "how do we|how can we|how are we|what do we|what should we|can't|cannot|"
          + "couldn't|doesn't work|won't work|didn't work|don't have|doesn't have")),
    Cue(
      "but",
      Phrases(
        "but|however|although|though|the only thing|the thing is|the trouble is|"
          + "the problem is")),
    Cue(
      "agreew",
      Phrases(
        "yeah|okay|yes|sure|right|good|great|fine|agreed|exactly|perfect|cool|alright|"
          + "sounds good|i agree|that's fine|that's good|mm hmm|yep")),
    Cue(
      "because",
      Phrases(
        "because|cause|since|due to|reason")),
    Cue(
      "cost",
      Phrases(
        "cost|costs|price|budget|money|euros|dollars|percent|profit|fund|funding|funds")),
    Cue(
      "number",
      Phrases(
        "one|two|three|four|five|six|seven|eight|nine|ten|twenty|fifty|hundred|thousand|"
          + "million")),
    Cue(
      "recap",
      Phrases(
        "summary|summarise|summarize|recap|to sum up|in conclusion|conclude|conclusion|"
          + "last meeting|last time|previous meeting|as we said|we said|we discussed|"
          + "we talked")),
  ]
}
