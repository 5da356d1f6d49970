//! The follower, told what a recogniser might say.
