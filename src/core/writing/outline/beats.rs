//! The steps that talks have, and sentences that can be said at each of them whatever the theme is: a draft that can be read aloud and
//! wants to be replaced. `{theme}` is the theme as a sentence.

use super::count_words;

/// A step that talks of this kind have.
pub(super) struct Beat {
    pub heading: &'static str,
    /// Share of the whole's time.
    pub weight: f64,
    /// Two ways to begin.
    pub opens: [&'static [&'static str]; 2],
    /// How it goes on, as far as there is time. Each sentence may be the last.
    pub goes_on: &'static [&'static str],
    /// What the person adds.
    pub cue: &'static str,
    /// Where it is seen, at whatever hour, and what moves there.
    pub place: &'static str,
    pub motion: &'static str,
}

impl Beat {
    /// Words of all that can be said at it.
    pub fn words(&self) -> f64 {
        self.opens[0].iter().chain(self.goes_on).map(|text| count_words(text)).sum::<usize>() as f64
    }
}

/// In the order in which they are spoken. A short talk has the first of `ORDER`.
pub(super) const BEATS: [Beat; 8] = [
    Beat {
        heading: "The question",
        weight: 0.7,
        opens: [
            &["{theme}", "I have carried that around with me for a while.", "Let me show you why."],
            &["Give me a moment of your time for this.", "{theme}"],
        ],
        goes_on: &[
            "It looks small at first.",
            "Most days we walk past it, because there is always something louder.",
            "I walked past it too, for years.",
            "Then one day I stopped, and since that day it has not left me alone.",
            "I do not promise you a complete answer.",
            "What I can give you is what I saw, in the order in which I saw it.",
            "You may see it differently at the end, and that would be fine with me.",
            "All I ask is that you look at it once with me, slowly, as if for the first time.",
            "What nobody looks at, nobody can change.",
            "So let us begin with the day when I first did.",
        ],
        cue: "say in one sentence what it has to do with you",
        place: "a writing desk by a tall window, an open notebook, hills outside",
        motion: "slow push in toward the window",
    },
    Beat {
        heading: "Where it began",
        weight: 1.2,
        opens: [
            &["I remember the day it began.", "It was an ordinary day, and nobody noticed."],
            &["It did not begin with a plan.", "It began with something small."],
        ],
        goes_on: &[
            "Somebody said a sentence in passing, and it stayed in the room after they had left.",
            "I wrote it on the back of an envelope and put it in my pocket.",
            "I did not know yet what it was good for.",
            "In the days after that I saw it everywhere.",
            "I saw it in the morning on the way to work, and in the evening when the house was quiet.",
            "That is how it goes with such things: nobody announces them.",
            "You hear one of them once, and from then on you keep hearing it.",
            "I began to ask people about it.",
            "Some of them laughed, and some went quiet.",
            "The ones who went quiet were the ones I went back to.",
            "From them I learned that I was not the only one.",
            "And that, if I am honest, was the real beginning.",
        ],
        cue: "tell that moment: where you were, what you saw, who was there",
        place: "a quiet street in a small town, a road leading away",
        motion: "camera drifts along the street",
    },
    Beat {
        heading: "What most people think",
        weight: 1.0,
        opens: [
            &["Most people would tell you it is simple.", "I thought so too."],
            &["There is an answer that everybody knows.", "It is a good answer, and it is not enough."],
        ],
        goes_on: &[
            "It is what one says when there is no time to say more.",
            "It is not wrong, and that is what makes it so hard to leave.",
            "It fits into one sentence, and it lets us go on with our day.",
            "I have said it myself, to friends who had asked me honestly.",
            "They nodded, and we talked about something else.",
            "But an answer that ends every conversation is more of a door than an answer.",
            "It is closed, and behind it somebody is still asking.",
            "If it were as simple as that, we would have been done with it long ago.",
            "We would not come back to it year after year.",
            "So something must be missing.",
            "I wanted to know what.",
        ],
        cue: "name the usual answer, fairly",
        place: "people on a city square, tall houses behind",
        motion: "the crowd passes slowly, one figure stands still",
    },
    Beat {
        heading: "What is really so",
        weight: 1.4,
        opens: [
            &["Then I looked closer.", "And closer, it looks different."],
            &["Here is what I found instead, and it surprised me."],
        ],
        goes_on: &[
            "From far away it is one thing.",
            "From near it is many small ones, and each of them holds another.",
            "Take one away, and for a while nothing happens.",
            "That is the dangerous part: for a while, nothing happens.",
            "Then something else gives way, somewhere nobody was looking.",
            "Only then does one see what it had been carrying all the time.",
            "I had always asked what it is good for.",
            "The better question was what would be missing without it.",
            "I went through my own week with that question, day by day.",
            "By the middle of the week I had stopped counting.",
            "It was in things that I use, in things that I eat, in sentences that I say without thinking.",
            "None of that was hidden.",
            "It was simply too close to be seen.",
            "Since then I trust large answers less, and small things more.",
            "And when somebody tells me that it hardly matters, I ask them how they know.",
        ],
        cue: "say what you found, in your own words; one fact, one picture",
        place: "wide hills under a big sky, a path going up",
        motion: "camera rises over the path",
    },
    Beat {
        heading: "One example",
        weight: 1.3,
        opens: [
            &["Let me give you one example.", "Only one, but a true one."],
            &["There is somebody I think of whenever I talk about this."],
        ],
        goes_on: &[
            "It is nobody famous, and nothing about it was ever in a newspaper.",
            "There was a problem, and everybody had become used to it.",
            "Then one person did not.",
            "They did not make a speech.",
            "They went there, in the morning before work, and looked.",
            "The next day they went again.",
            "After a week they knew more than all of us who had an opinion.",
            "They changed one small thing, and told nobody.",
            "For a month it seemed to make no difference.",
            "Then the first neighbour asked what had happened.",
            "Then the second one came, and brought a friend.",
            "Today nobody remembers that it was ever otherwise.",
            "When I asked how they had known that it would work, they said that they had not.",
            "They had only known that looking away did not.",
            "I have thought of that sentence often.",
        ],
        cue: "tell your own example from its beginning to its end",
        place: "a portrait of somebody who listens",
        motion: "slow push in, the figure turns a little",
    },
    Beat {
        heading: "What you can do",
        weight: 1.1,
        opens: [
            &["So what do you do with it?", "Begin with the smallest thing."],
            &["You do not need much for this.", "You need one evening, and one thing that you try."],
        ],
        goes_on: &[
            "Not the right thing, and not the whole thing.",
            "Something that you can finish before you go to bed.",
            "Write down what you see when you look for it, in three lines.",
            "Tomorrow, look again, and write three more.",
            "Do that for a week, and then read what you have.",
            "You will find one line that you would not have written on the first day.",
            "That line is yours.",
            "Nobody told it to you, and nobody can take it away.",
            "Then tell it to one person.",
            "Do not try to convince them.",
            "Just tell them what you saw, and ask them what they see.",
            "That is all it takes to begin, and everything that lasts has begun like that.",
        ],
        cue: "name the first step so plainly that one could take it today",
        place: "a table with a cup and a book in a bright room",
        motion: "light moves slowly across the table",
    },
    Beat {
        heading: "What speaks against it",
        weight: 0.9,
        opens: [
            &["You may say that it is not so easy.", "You are right."],
            &["There is something to be said against all this, and I do not want to hide it."],
        ],
        goes_on: &[
            "It takes time, and time is what none of us have.",
            "It may turn out that I am wrong about half of it.",
            "There are days on which looking closer only makes one tired.",
            "And there are people who know far more about it than I do.",
            "I have asked some of them.",
            "They did not agree with each other, and that comforted me.",
            "None of them told me to stop looking.",
            "So I keep the doubt, and I keep going.",
            "One can do both at the same time.",
            "Perhaps one has to.",
        ],
        cue: "name the strongest objection, and what you answer",
        place: "a forest, a narrow road between the trees",
        motion: "slow move between the trees",
    },
    Beat {
        heading: "What stays",
        weight: 0.7,
        opens: [
            &["When all of it is forgotten, one thing should stay."],
            &["I began with a question.", "I do not close it.", "I hand it to you."],
        ],
        goes_on: &[
            "“{theme}”",
            "It is still the same sentence, and it does not sound the same any more.",
            "Perhaps it will come back to you tonight, or on a walk next week.",
            "When it does, stop for a moment.",
            "Look at what is in front of you, and at what holds it up.",
            "You do not have to do anything about it.",
            "You only have to notice that it is there.",
            "Everything else follows from that, and it follows by itself.",
            "That is what I wanted to tell you.",
            "Thank you for listening.",
        ],
        cue: "your last sentence; say it slowly, and stop",
        place: "a calm sea, one small boat",
        motion: "the boat drifts",
    },
];

/// Which beats a talk of so many scenes has: the first so many of these.
pub(super) const ORDER: [usize; 8] = [0, 7, 3, 4, 5, 1, 2, 6];

/// What is said where a step comes again and all its sentences are spoken.
pub(super) const AGAIN: [&str; 4] = [
    "There is one more thing that belongs here.",
    "And it does not end there.",
    "Let me stay with this a little longer.",
    "This, too, is part of it.",
];
