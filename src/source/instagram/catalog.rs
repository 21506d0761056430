//! **The table**: file pattern → reader → kinds. Adding a shape is a row here, a reader and a fixture.

use std::sync::LazyLock;

use crate::model::{Generation, Kind};
use crate::source::instagram::flat::{account, activity, content as flat_content, people};
use crate::source::instagram::json::{
    Fate, Json, Scope, comments, connections, content, inferred, likes, logins, other, profile, saves, searches,
    story_interactions as story, views, visits,
};

/// One file shape.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Name of the reader, as `documents.reader` shows it.
    pub name: &'static str,
    /// Raised when the reader gives other items for the same bytes.
    pub version: u32,
    /// Generations whose downloads hold such a file as JSON.
    pub json: Generations,
    /// Generations whose downloads hold it as a page.
    pub html: Generations,
    /// Base names without extension, as [`Row::matches`] understands them: `liked_posts`, `posts_N`, `*_N`; empty for any.
    pub files: &'static [&'static str],
    /// Parent folders of which the last one or two must be, with `/` before them from the root of the download on, with
    /// `/*` behind them anything below them; empty for any.
    pub folders: &'static [&'static str],
    /// Member names that hold the list; empty for any.
    pub lists: &'static [&'static str],
    /// The first is what the generic reader makes of an item.
    pub kinds: &'static [Kind],
    /// Where the knowledge comes from: a section of the format reference in `docs/formats.md`. For a row that the generic
    /// reader reads, why.
    pub known_from: &'static str,
    pub reader: Reader,
}

/// How a document of that shape is read.
#[derive(Clone, Copy, Debug)]
pub enum Reader {
    /// A function over each element of the list.
    Elements(fn(&Json, &mut Scope<'_>) -> Fate),
    /// A conversation: one head, then messages.
    Thread,
    /// A list of conversations (format reference §4.6).
    FlatThreads,
    /// Whatever it is: all its strings.
    Generic,
}

/// In which generations a file is known, the oldest first.
pub type Generations = &'static [Generation];

const NONE: Generations = &[];
const A: Generations = &[Generation::A];
const AB: Generations = &[Generation::A, Generation::B];
const ABCDE: Generations = &[Generation::A, Generation::B, Generation::C, Generation::D, Generation::E];
const BCDE: Generations = &[Generation::B, Generation::C, Generation::D, Generation::E];
const C: Generations = &[Generation::C];
const CDE: Generations = &[Generation::C, Generation::D, Generation::E];
const DE: Generations = &[Generation::D, Generation::E];
const E: Generations = &[Generation::E];

macro_rules! catalog {
    ($($name:literal v $version:literal json $json:ident html $html:ident: $files:tt in $folders:tt as $lists:tt => $kinds:tt, $known_from:literal, $reader:expr;)*) => {
        &[$(Row {
            name: $name,
            version: $version,
            json: $json,
            html: $html,
            files: &$files,
            folders: &$folders,
            lists: &$lists,
            kinds: catalog!(@kinds $kinds),
            known_from: $known_from,
            reader: $reader,
        },)*]
    };
    (@kinds [$($kind:ident),*]) => { &[$(Kind::$kind),*] };
}

use Reader::{Elements as Each, FlatThreads, Generic, Thread};

/// Every shape. The first row that fits is taken, so the narrow stand before the wide:
/// name, version, generations as JSON and as pages: base names in parent folders, as list members → kinds, source of the knowledge, reader.
pub const CATALOG: &[Row] = catalog! {
    // Generations A and B: flat files at the root, and nowhere else.
    "flat_media" v 3 json AB html NONE: ["media"] in ["/"] as ["photos", "videos", "stories", "profile", "direct"] => [Post, Story, ProfilePhoto], "§1.A", Each(flat_content::media);
    "flat_messages" v 4 json A html NONE: ["messages"] in ["/"] as [] => [Message], "§1.A", FlatThreads;
    "flat_comments" v 3 json AB html NONE: ["comments"] in ["/"] as ["media_comments", "live_comments", "story_comments"] => [Comment], "§1.A", Each(activity::comment);
    "flat_likes" v 3 json AB html NONE: ["likes"] in ["/"] as ["media_likes", "comment_likes"] => [Like], "§1.A", Each(activity::like);
    "flat_saved" v 3 json AB html NONE: ["saved"] in ["/"] as ["saved_media", "saved_collections"] => [Save, Collection], "§1.A", Each(activity::save);
    "flat_stories_activities" v 3 json AB html NONE: ["stories_activities"] in ["/"] as ["polls", "emoji_sliders", "questions", "countdowns", "quizzes"] => [StoryInteraction], "§1.A", Each(activity::story_interaction);
    "flat_seen_content" v 3 json AB html NONE: ["seen_content"] in ["/"] as ["chaining_seen", "ads_seen", "posts_seen", "videos_watched", "ads_clicked"] => [View, Ad], "§1.A", Each(activity::seen);
    "flat_searches" v 3 json AB html NONE: ["searches"] in ["/"] as ["main_search_history", "shopping_search_history"] => [Search], "§1.A", Each(activity::search);
    "flat_connections" v 3 json AB html NONE: ["connections"] in ["/"]
        as ["followers", "following", "blocked_users", "restricted_users", "close_friends", "follow_requests_sent", "permanent_follow_requests", "following_hashtags", "dismissed_suggested_users"]
        => [Follow], "§1.A", Each(people::relation);
    "flat_relations" v 3 json A html NONE: ["accounts_following_you", "accounts_you_follow"] in ["/"] as [] => [Follow], "§1.A", Each(people::relation);
    "flat_contacts" v 3 json AB html NONE: ["contacts", "uploaded_contacts"] in ["/"] as [] => [Contact], "§1.A", Each(people::contact);
    "flat_profile" v 3 json AB html NONE: ["profile"] in ["/"] as [] => [Profile], "§1.A", Each(account::profile);
    "flat_account_history" v 4 json AB html NONE: ["account_history", "logins"] in ["/"] as ["login_history", "logout_history", "registration_info"] => [Login], "§1.A", Each(account::login);
    "flat_devices" v 3 json AB html NONE: ["devices"] in ["/"] as [] => [Login], "§1.A", Each(account::device);
    "flat_information" v 4 json AB html NONE: ["information_about_you"] in ["/"] as ["primary_location", "inferred_emails"] => [Interest], "§1.A", Each(account::inferred_information);
    "flat_settings" v 4 json AB html NONE: ["settings"] in ["/"] as ["allow_comments_from", "blocked_commenters"] => [Setting], "§1.A", Each(account::setting);
    "flat_ads_interests" v 3 json A html NONE: ["ads_interests"] in ["/"] as [] => [Interest], "§1.A", Each(account::ads_interest);
    "flat_shopping" v 4 json AB html NONE: ["shopping"] in ["/"] as [] => [Shopping], "§1.A", Each(account::shopping);
    "flat_rest" v 4 json AB html NONE: ["autofill", "checkout", "guides"] in ["/"] as [] => [Misc], "§1.A", Each(account::whole);

    // Messages.
    "thread" v 2 json BCDE html CDE: ["message_N", "replies_N"] in [] as ["messages", "replies"] => [Message], "§4", Thread;
    "encrypted_chats" v 1 json DE html NONE: ["*_N"] in ["/messages"] as [] => [Message], "§10.1.4", Thread;
    "reported_conversations" v 2 json E html NONE: ["reported_conversations"] in [] as ["ig_reported_conversations"] => [Message], "§4.7", Thread;
    "secret_conversations" v 2 json CDE html NONE: ["secret_conversations"] in [] as ["ig_secret_conversations", "armadillo_devices"] => [Login], "§4.7", Each(logins::secret_conversations);
    "secret_groups" v 2 json CDE html NONE: ["secret_groups"] in [] as ["ig_secret_groups"] => [Misc], "§4.7: counts and ids of groups, no person, text or time", Generic;
    "your_chat_information" v 1 json E html E: ["your_chat_information"] in [] as [] => [Setting], "§1.E4: flags of conversations without any name", Generic;
    "scheduled_notifications" v 1 json E html E: ["your_scheduled_chat_notifications"] in [] as [] => [Setting], "§1.E4", Each(other::scheduled_notification);
    "ai_conversations" v 2 json E html E: [] in ["ai_conversations", "ai_conversations/*"] as [] => [Misc], "§4.7: only names are known, and that pages nest tables; a conversation in it is read as one", Generic;

    // The Threads app: the shapes of Instagram under other names.
    "threads_posts" v 1 json DE html DE: ["threads_and_replies"] in ["threads"] as ["text_post_app_text_posts"] => [Post, Reel], "§1.C8", Each(content::post);
    "threads_archived_posts" v 1 json DE html DE: ["archived_threads"] in ["threads"] as ["text_post_app_text_app_archived_posts"] => [Post, Reel], "§1.C8", Each(content::archived_post);
    "threads_likes" v 1 json DE html DE: ["liked_threads"] in ["threads"] as ["text_post_app_media_likes"] => [Like], "§1.C8", Each(likes::liked_post);
    "threads_saves" v 1 json DE html DE: ["saved_threads"] in ["threads"] as ["text_post_app_text_post_app_saved_posts"] => [Save], "§1.C8", Each(saves::saved_post);
    "threads_viewed" v 1 json DE html DE: ["threads_viewed"] in ["threads"] as ["text_post_app_text_post_app_posts_seen"] => [View], "§1.C8", Each(views::thread_viewed);
    "threads_followers" v 1 json DE html DE: ["followers", "followers_N"] in ["threads"] as ["text_post_app_text_post_app_followers"] => [Follow], "§1.C8", Each(connections::follower);
    "threads_following" v 1 json DE html DE: ["following", "following_N"] in ["threads"] as ["text_post_app_text_post_app_following"] => [Follow], "§1.C8", Each(connections::following);
    "threads_pending_requests" v 1 json DE html DE: ["pending_follow_requests"] in ["threads"] as ["text_post_app_text_post_app_follow_requests_sent"] => [Follow], "§1.C8", Each(connections::pending_request);
    "threads_recent_requests" v 1 json DE html DE: ["recent_follow_requests"] in ["threads"] as ["text_post_app_text_post_app_permanent_follow_requests"] => [Follow], "§1.C8", Each(connections::recent_request);
    "threads_received_requests" v 1 json DE html DE: ["follow_requests_you've_received"] in ["threads"] as ["text_post_app_text_post_app_follow_requests_received"] => [Follow], "§1.C8", Each(connections::received_request);
    "threads_unfollowed" v 1 json DE html DE: ["recently_unfollowed_profiles"] in ["threads"] as ["text_post_app_text_post_app_unfollowed_users"] => [Follow], "§1.C8", Each(connections::unfollowed);
    "threads_blocked" v 1 json DE html DE: ["blocked_profiles"] in ["threads"] as ["text_post_app_text_post_app_blocked_users"] => [Follow], "§1.C8", Each(connections::blocked);
    "threads_restricted" v 1 json DE html DE: ["restricted_profiles"] in ["threads"] as ["text_post_app_text_post_app_restricted_users"] => [Follow], "§1.C8", Each(connections::restricted);
    "threads_profile" v 1 json DE html DE: ["personal_information"] in ["threads"] as ["text_post_app_text_post_app_profile"] => [Profile], "§1.C8", Each(profile::profile);
    "threads_interest_feeds" v 1 json DE html DE: ["interest_feeds_on_threads"] in ["threads"] as ["text_post_app_text_app_interest_feeds"] => [Interest], "§1.C8", Each(other::interest_feed);
    "threads_home" v 1 json DE html DE: ["threads_home"] in ["threads"] as ["text_post_app_text_app_user_deck_view"] => [Setting], "§1.C8: the arrangement of the home screen", Generic;

    // Lists whose file names also belong to own content: narrow rows first.
    "insights" v 2 json CDE html CDE: ["posts", "reels", "stories", "content_interactions", "live_videos", "profiles_reached", "audience_insights"] in ["past_instagram_insights"]
        as ["organic_insights_reach", "organic_insights_audience", "organic_insights_interactions", "organic_insights_posts", "organic_insights_live", "organic_insights_reels", "organic_insights_stories"]
        => [Insight], "§1.C6", Each(inferred::insight);
    "insights_other" v 2 json CDE html CDE: [] in ["past_instagram_insights"] as [] => [Insight], "§1.C6", Each(inferred::insight);
    "subscribed_reels" v 1 json CDE html CDE: ["reels"] in ["subscriptions"] as ["subscriptions_reels"] => [Misc], "§1.C7", Each(other::subscription);
    "edits_profile" v 1 json DE html DE: ["personal_information"] in ["edits"] as ["basel_app_basel_app_profile"] => [Profile], "§1.C7", Each(profile::profile);

    // Own content.
    "posts" v 3 json CDE html CDE: ["posts", "posts_N"] in [] as [] => [Post, Reel], "§1.C2, §1.E3", Each(content::post);
    "archived_posts" v 2 json CDE html CDE: ["archived_posts", "archived_posts_N"] in [] as ["ig_archived_post_media"] => [Post, Reel], "§1.C2", Each(content::archived_post);
    "other_content" v 2 json DE html DE: ["other_content", "other_content_N"] in [] as ["ig_other_media"] => [Post, Reel, Story], "§1.C2", Each(content::post);
    "recently_deleted_content" v 2 json CDE html CDE: ["recently_deleted_content"] in [] as ["ig_recently_deleted_media"] => [Post, Reel, Story], "§1.C2", Each(content::deleted);
    "stories" v 2 json CDE html CDE: ["stories", "stories_N"] in [] as ["ig_stories"] => [Story], "§1.C2", Each(content::story);
    "reels" v 2 json CDE html CDE: ["reels", "reels_N"] in [] as ["ig_reels_media"] => [Reel], "§1.C2", Each(content::reel);
    "igtv_videos" v 2 json CDE html CDE: ["igtv_videos"] in [] as ["ig_igtv_media"] => [Reel], "§1.C2", Each(content::igtv);
    "profile_photos" v 2 json CDE html CDE: ["profile_photos"] in [] as ["ig_profile_picture"] => [ProfilePhoto], "§1.C2", Each(content::profile_photo);

    // Comments.
    "post_comments" v 1 json CDE html CDE: ["post_comments", "post_comments_N"] in [] as ["comments_media_comments"] => [Comment], "§1.C3", Each(comments::comment);
    "reels_comments" v 1 json CDE html CDE: ["reels_comments", "reels_comments_N"] in [] as ["comments_reels_comments"] => [Comment], "§1.C3", Each(comments::reel_comment);
    "hype" v 1 json DE html DE: ["hype"] in [] as ["comments_story_comments"] => [Comment], "§1.C3", Each(comments::story_comment);
    "comments_reported" v 1 json CDE html CDE: ["comments_reported"] in [] as ["comments_reported_comments", "comments_comments_reported"] => [Misc], "§1.C3", Each(comments::reported_comment);

    // Likes and saves.
    "liked_posts" v 1 json CDE html CDE: ["liked_posts", "liked_posts_N"] in [] as ["likes_media_likes"] => [Like], "§1.C4, §1.E2", Each(likes::liked_post);
    "liked_comments" v 1 json CDE html CDE: ["liked_comments", "liked_comments_N"] in [] as ["likes_comment_likes"] => [Like], "§1.C4", Each(likes::liked_comment);
    "story_likes" v 1 json CDE html CDE: ["story_likes"] in [] as ["story_activities_story_likes"] => [Like], "§1.C4", Each(likes::story_like);
    "saved_posts" v 1 json CDE html CDE: ["saved_posts", "saved_posts_N"] in [] as ["saved_saved_media"] => [Save], "§1.C4", Each(saves::saved_post);
    "saved_collections" v 1 json CDE html CDE: ["saved_collections", "saved_collections_N"] in [] as ["saved_saved_collections"] => [Collection, Save], "§1.C4", Each(saves::saved_collection);
    "saved_music" v 1 json CDE html CDE: ["saved_music"] in [] as ["saved_saved_music"] => [Save], "§1.C4", Each(saves::saved_music);
    "saved_locations" v 1 json CDE html CDE: ["saved_locations"] in [] as ["saved_saved_locations"] => [Save], "§1.C4", Each(saves::saved_location);

    // Story interactions.
    "polls" v 1 json CDE html CDE: ["polls"] in [] as ["story_activities_polls"] => [StoryInteraction], "§1.C4", Each(story::poll);
    "questions" v 1 json CDE html CDE: ["questions"] in [] as ["story_activities_questions"] => [StoryInteraction], "§1.C4", Each(story::question);
    "quizzes" v 1 json CDE html CDE: ["quizzes"] in [] as ["story_activities_quizzes"] => [StoryInteraction], "§1.C4", Each(story::quiz);
    "emoji_sliders" v 1 json CDE html CDE: ["emoji_sliders"] in [] as ["story_activities_emoji_sliders"] => [StoryInteraction], "§1.C4", Each(story::emoji_slider);
    "countdowns" v 1 json CDE html CDE: ["countdowns"] in [] as ["story_activities_countdowns"] => [StoryInteraction], "§1.C4", Each(story::countdown);
    "emoji_story_reactions" v 1 json CDE html CDE: ["emoji_story_reactions"] in [] as ["story_activities_emoji_quick_reactions"] => [StoryInteraction], "§1.C4", Each(story::emoji_reaction);
    "avatar_story_reactions" v 1 json CDE html CDE: ["avatar_story_reactions"] in [] as ["story_activities_avatar_quick_reactions"] => [StoryInteraction], "§1.C4", Each(story::avatar_reaction);
    "story_reaction_sticker_reactions" v 1 json CDE html CDE: ["story_reaction_sticker_reactions"] in [] as ["story_activities_reaction_sticker_reactions"] => [StoryInteraction], "§1.C4", Each(story::reaction_sticker);
    "question_media_response" v 1 json CDE html CDE: ["question_media_response"] in [] as ["story_activities_questions_media"] => [StoryInteraction], "§1.C4", Each(story::question_media);
    "question_music_response" v 1 json CDE html CDE: ["question_music_response"] in [] as ["story_activities_questions_music"] => [StoryInteraction], "§1.C4", Each(story::question_music);
    "stories_viewed" v 1 json E html E: ["stories_viewed"] in [] as [] => [View], "§1.C4", Each(views::story_viewed);

    // Connections.
    "followers" v 1 json CDE html CDE: ["followers", "followers_N"] in [] as ["relationships_followers"] => [Follow], "§1.C5", Each(connections::follower);
    "following" v 1 json CDE html CDE: ["following", "following_N"] in [] as ["relationships_following"] => [Follow], "§1.C5", Each(connections::following);
    "blocked_profiles" v 1 json CDE html CDE: ["blocked_profiles"] in [] as ["relationships_blocked_users"] => [Follow], "§1.C5", Each(connections::blocked);
    "close_friends" v 1 json CDE html CDE: ["close_friends"] in [] as ["relationships_close_friends"] => [Follow], "§1.C5", Each(connections::close_friend);
    "restricted_profiles" v 1 json CDE html CDE: ["restricted_profiles"] in [] as ["relationships_restricted_users"] => [Follow], "§1.C5", Each(connections::restricted);
    "hide_story_from" v 1 json CDE html CDE: ["hide_story_from"] in [] as ["relationships_hide_stories_from"] => [Follow], "§1.C5", Each(connections::hide_story);
    "following_hashtags" v 1 json CDE html CDE: ["following_hashtags"] in [] as ["relationships_following_hashtags"] => [Follow], "§1.C5", Each(connections::hashtag);
    "pending_follow_requests" v 1 json CDE html CDE: ["pending_follow_requests"] in [] as ["relationships_follow_requests_sent"] => [Follow], "§1.C5", Each(connections::pending_request);
    "recent_follow_requests" v 1 json CDE html CDE: ["recent_follow_requests"] in [] as ["relationships_permanent_follow_requests"] => [Follow], "§1.C5", Each(connections::recent_request);
    "follow_requests_received" v 1 json CDE html CDE: ["follow_requests_you've_received"] in [] as ["relationships_follow_requests_received"] => [Follow], "§1.C5", Each(connections::received_request);
    "recently_unfollowed_profiles" v 1 json CDE html CDE: ["recently_unfollowed_profiles"] in [] as ["relationships_unfollowed_users"] => [Follow], "§1.C5", Each(connections::unfollowed);
    "removed_suggestions" v 1 json CDE html CDE: ["removed_suggestions"] in [] as ["relationships_dismissed_suggested_users"] => [Follow], "§1.C5", Each(connections::removed_suggestion);
    "favorites" v 1 json CDE html CDE: ["profiles_you've_favorited"] in [] as ["relationships_feed_favorites"] => [Follow], "§1.C5", Each(connections::favorite);
    "custom_lists" v 1 json CDE html CDE: ["custom_lists"] in [] as ["relationships_custom_lists"] => [Follow], "§1.C5", Each(connections::custom_list);
    "synced_contacts" v 2 json CDE html CDE: ["synced_contacts"] in [] as ["contacts_contact_info"] => [Contact], "§1.C5", Each(connections::contact);

    // Searches and what was opened and seen.
    "profile_searches" v 2 json CDE html CDE: ["profile_searches"] in [] as ["searches_user"] => [Search], "§1.C6", Each(searches::profile_search);
    "word_or_phrase_searches" v 2 json CDE html CDE: ["word_or_phrase_searches"] in [] as ["searches_keyword"] => [Search], "§1.C6", Each(searches::keyword_search);
    "tag_searches" v 2 json CDE html CDE: ["tag_searches"] in [] as ["searches_hashtag"] => [Search], "§1.C6", Each(searches::tag_search);
    "place_searches" v 2 json CDE html CDE: ["place_searches"] in [] as ["searches_place"] => [Search], "§1.A, by likeness", Each(searches::place_search);
    "recent_searches" v 2 json E html E: ["recent_searches"] in [] as [] => [Search], "§1.C6", Each(searches::search);
    "link_history" v 1 json DE html DE: ["link_history"] in [] as [] => [Visit], "§1.C6", Each(visits::visit);
    "ads_viewed" v 1 json CDE html CDE: ["ads_viewed"] in [] as ["impressions_history_ads_seen"] => [View], "§1.C6", Each(views::ad_viewed);
    "posts_viewed" v 1 json CDE html CDE: ["posts_viewed"] in [] as ["impressions_history_posts_seen"] => [View], "§1.C6", Each(views::post_viewed);
    "videos_watched" v 1 json CDE html CDE: ["videos_watched"] in [] as ["impressions_history_videos_watched"] => [View], "§1.C6", Each(views::video_watched);
    "suggested_profiles_viewed" v 1 json CDE html CDE: ["suggested_profiles_viewed"] in [] as ["impressions_history_chaining_seen"] => [View], "§1.C6", Each(views::profile_suggested);
    "ads_clicked" v 1 json CDE html CDE: ["ads_clicked"] in [] as ["impressions_history_ads_clicked"] => [Ad], "§1.C6", Each(views::ad_clicked);
    "profiles_not_interested" v 1 json CDE html CDE: ["profiles_you're_not_interested_in"] in [] as ["impressions_history_recs_hidden_authors"] => [View], "§1.C6", Each(views::not_interested);
    "posts_not_interested" v 1 json CDE html CDE: ["posts_you're_not_interested_in"] in [] as ["impressions_history_posts_not_interested"] => [View], "§1.C6", Each(views::not_interested);
    "interest_feedback" v 2 json E html E: ["posts_you're_interested_or_not_interested_in"] in [] as [] => [View], "§1.C6", Each(views::interest_feedback);
    "music_in_stories" v 2 json C html C: ["music_heard_in_stories", "music_recently_used_in_stories"] in []
        as ["impressions_history_music_heard_in_stories", "impressions_history_music_recently_used_in_stories"] => [View], "§1.C6", Each(views::music_heard);
    "app_messages" v 1 json CDE html CDE: ["in-app_message"] in [] as ["impressions_history_app_message"] => [View], "§1.C6", Each(views::app_message);
    "policy_updates" v 1 json DE html DE: ["notification_of_privacy_policy_updates"] in [] as ["policy_updates_and_permissions_notification_of_privacy_policy_updates"] => [Login], "§1.C6", Each(logins::policy_notice);

    // The profile.
    "personal_information" v 2 json CDE html CDE: ["personal_information"] in [] as ["profile_user"] => [Profile], "§1.C7", Each(profile::profile);
    "account_information" v 2 json CDE html CDE: ["account_information", "instagram_profile_information"] in [] as ["profile_account_insights"] => [Profile], "§1.C7", Each(profile::account_information);
    "professional_information" v 2 json CDE html CDE: ["professional_information"] in [] as ["profile_business"] => [Profile], "§1.C7", Each(profile::professional_information);
    "profile_changes" v 1 json CDE html CDE: ["profile_changes"] in [] as ["profile_profile_change"] => [ProfileChange], "§1.C7", Each(profile::profile_change);
    "linked_meta_accounts" v 3 json CDE html CDE: ["linked_meta_accounts"] in [] as ["profile_linked_meta_accounts"] => [Misc], "§1.C7", Each(profile::linked_account);
    "friend_map" v 2 json DE html DE: ["instagram_friend_map"] in [] as ["profile_friend_map"] => [Misc], "§1.C7", Each(profile::friend_map);
    "notes" v 1 json E html E: ["notes"] in [] as ["profile_notes"] => [Note], "§1.C7", Each(profile::note);
    "note_interactions" v 1 json DE html DE: ["note_interactions", "note_and_repost_interactions"] in [] as ["profile_note_interactions", "profile_note_and_repost_interactions"] => [Note], "§1.C7", Each(profile::note_interaction);
    "reposts" v 1 json DE html DE: ["reposts"] in [] as ["profile_media_reposts"] => [Repost], "§1.C7", Each(profile::repost);
    "autofill_information" v 2 json CDE html NONE: ["autofill_information", "autofill"] in [] as ["ig_autofill_data"] => [Misc], "§1.C7", Each(profile::autofill);

    // Logins, devices and other events of the account.
    "login_activity" v 1 json CDE html CDE: ["login_activity"] in [] as ["account_history_login_history"] => [Login], "§1.C7", Each(logins::login);
    "logout_activity" v 1 json CDE html CDE: ["logout_activity"] in [] as ["account_history_logout_history"] => [Login], "§1.C7", Each(logins::logout);
    "password_changes" v 1 json CDE html CDE: ["password_change_activity"] in [] as ["account_history_password_change_history"] => [Login], "§1.C7", Each(logins::password_change);
    "privacy_changes" v 2 json CDE html CDE: ["profile_privacy_changes"] in [] as ["account_history_account_privacy_history"] => [Login], "§1.C7", Each(logins::privacy_change);
    "status_changes" v 2 json CDE html CDE: ["profile_status_changes"] in [] as ["account_history_account_active_status_changes"] => [Login], "§1.C7", Each(logins::status_change);
    "signup" v 1 json CDE html CDE: ["signup_information", "signup_details", "instagram_signup_details"] in [] as ["account_history_registration_info"] => [Login], "§1.C7", Each(logins::signup);
    "last_known_location" v 1 json CDE html CDE: ["last_known_location"] in [] as ["account_history_imprecise_last_known_location"] => [Login], "§1.C7", Each(logins::last_known_location);
    "profile_activity" v 2 json E html E: ["profile_activity"] in [] as [] => [Login], "§1.C7", Each(logins::profile_activity);
    "devices" v 1 json CDE html CDE: ["devices"] in [] as ["devices_devices"] => [Login], "§1.C7", Each(logins::device);
    "cameras" v 1 json CDE html CDE: ["camera_information"] in [] as ["devices_camera"] => [Login], "§1.C7", Each(logins::camera);
    "two_factor" v 1 json CDE html CDE: ["two-factor_authentication"] in [] as ["devices_two_factor_authentication"] => [Login], "§1.C7", Each(logins::two_factor);
    "download_requests" v 1 json DE html DE: ["your_information_download_requests"] in [] as [] => [Login], "§1.C7", Each(logins::download_request);

    // What is inferred, advertisers, apps.
    "profile_based_in" v 1 json CDE html CDE: ["profile_based_in"] in [] as ["inferred_data_primary_location"] => [Interest], "§1.C7", Each(inferred::based_in);
    "possible_emails" v 1 json CDE html CDE: ["possible_emails"] in [] as ["inferred_data_inferred_emails"] => [Interest], "§1.C7", Each(inferred::possible_email);
    "possible_phone_numbers" v 1 json CDE html CDE: ["possible_phone_numbers"] in [] as ["inferred_data_inferred_phone_numbers"] => [Interest], "§1.C7", Each(inferred::possible_phone_number);
    "ads_interests" v 1 json CDE html CDE: ["ads_interests"] in [] as ["inferred_data_ig_interest"] => [Interest], "§1.C7", Each(inferred::ads_interest);
    "locations_of_interest" v 1 json E html E: ["locations_of_interest"] in [] as [] => [Interest], "§1.C7", Each(inferred::location_of_interest);
    "topics" v 1 json CDE html CDE: ["your_topics", "your_reels_topics", "your_reels_sentiments", "recommended_topics", "your_ads_see_more_topics", "your_ads_see_less_topics"] in ["your_topics"]
        as ["topics_your_topics", "topics_your_reels_topics", "topics_your_reels_emotions"] => [Interest], "§1.C7", Each(inferred::topic);
    "topics_other" v 1 json CDE html CDE: [] in ["your_topics"] as [] => [Interest], "§1.C7", Each(inferred::topic);
    "ad_categories" v 1 json CDE html CDE: ["other_categories_used_to_reach_you"] in [] as [] => [Interest], "§1.C7", Each(inferred::ad_category);
    "advertisers" v 2 json CDE html CDE: ["advertisers_using_your_activity_or_information"] in [] as ["ig_custom_audiences_all_types"] => [Ad], "§1.C7", Each(inferred::advertiser);
    "lead_forms" v 1 json CDE html NONE: ["information_you've_submitted_to_advertisers"] in [] as ["ig_lead_gen_info"] => [Form], "§1.C7", Each(inferred::form);
    "apps" v 1 json CDE html CDE: ["expired_pps", "expired_apps", "active_apps", "removed_apps"] in [] as ["apps_and_websites_expired_apps", "apps_and_websites_active_apps", "apps_and_websites_removed_apps"] => [App], "§1.C7", Each(inferred::app);
    "off_meta_activity" v 1 json CDE html NONE: ["your_activity_off_meta_technologies"] in [] as ["apps_and_websites_off_meta_activity"] => [ExternalEvent], "§1.C7", Each(inferred::external_event);

    // The rest with a person, a text or a time.
    "products" v 1 json CDE html CDE: ["recently_viewed_items", "wishlist_items"] in [] as ["checkout_saved_recently_viewed_products", "checkout_saved_products"] => [Shopping], "§1.C7", Each(other::product);
    "monetization" v 2 json CDE html CDE: ["eligibility"] in [] as ["monetization_eligibility"] => [Misc], "§1.C7", Each(other::monetization);
    "gifts" v 1 json CDE html CDE: ["gifts"] in ["monetization"] as ["monetization_content_appreciation"] => [Misc], "§1.C7", Each(other::gift);
    "event_reminders" v 1 json CDE html CDE: ["event_reminders"] in [] as ["events_event_reminders"] => [Misc], "§1.C7", Each(other::event_reminder);
    "muted_creators" v 1 json CDE html CDE: ["your_muted_story_teaser_creators"] in [] as ["subscriptions_muted_story_teaser_creators"] => [Misc], "§1.C7", Each(other::muted_creator);
    "blocked_commenters" v 1 json CDE html CDE: ["comments_blocked_from"] in [] as ["settings_blocked_commenters"] => [Setting], "§1.C7", Each(other::blocked_commenter);
    "filtered_keywords" v 1 json CDE html CDE: ["filtered_keywords_for_comments_and_messages", "filtered_keywords_for_posts"] in [] as ["settings_filtered_keywords", "settings_filtered_keywords_for_posts"] => [Setting], "§1.C7", Each(other::filtered_keyword);
    "notification_preferences" v 1 json CDE html CDE: ["notification_preferences"] in [] as ["settings_notification_preferences"] => [Setting], "§1.C7", Each(other::notification_preference);
    "consents" v 1 json CDE html CDE: ["consents"] in [] as [] => [Setting], "§1.4, §1.C7, §1.E1", Each(other::consent);
    "avatar_items" v 1 json CDE html NONE: ["avatar_items"] in [] as ["ig_avatar_marketplace_avatar_items"] => [Misc], "§1.C7", Each(other::avatar_item);
    "surveys" v 1 json DE html DE: ["surveys"] in [] as [] => [Misc], "§1.C7", Each(other::survey);
    "time_spent" v 2 json DE html DE: ["time_spent_on_instagram"] in [] as [] => [Misc], "§1.C7", Each(other::time_spent);
    "digital_items" v 1 json DE html DE: ["your_ownership_of_digital_items"] in [] as [] => [Misc], "§1.C7", Each(other::digital_item);

    // Settings without a person, text or time.
    "settings" v 1 json CDE html CDE: ["comments_allowed_from", "use_cross-app_messaging", "show_exclusive_story_promo_setting", "your_link_history_settings", "your_activity_off_meta_technologies_settings"] in []
        as ["settings_allow_comments_from", "settings_upgraded_to_cross_app_messaging", "subscriptions_show_story_teaser_setting"] => [Setting], "§1.C7: a choice in a menu", Generic;
    "ad_settings" v 1 json CDE html CDE: ["ad_preferences", "ads_about_meta", "subscription_for_no_ads"] in [] as [] => [Setting], "§1.C7: choices and their printed dates, no two alike", Generic;
    "settings_other" v 1 json CDE html CDE: [] in ["settings", "media_settings", "comments_settings"] as [] => [Setting], "§1.C7: choices in menus", Generic;
    // Folders of which only the name is known.
    "folder_known_by_name" v 1 json CDE html CDE: [] in ["quicksnaps", "gifts", "shared_access", "guides", "fundraisers", "ai", "meta_spark", "loyalty_accounts", "digital_wallets", "blockchain_accounts", "reports"] as [] => [Misc], "§11.6: only the folder's name is known", Generic;
    "edits" v 1 json DE html DE: [] in ["edits"] as [] => [Misc], "§1.C7: only the profile of the Edits app is known", Generic;

    "generic" v 2 json ABCDE html CDE: [] in [] as [] => [Misc], "no row fits: a file of which nothing is known", Generic;
};

impl Row {
    /// Whether a document of that base name and these parent folders has this shape. `N` stands for a number;
    /// apostrophes and underscores, "account" and "profile" count as the same.
    pub fn matches(&self, base: &str, parents: &str) -> bool {
        (self.files.is_empty() || self.files.iter().any(|pattern| is_file(&fold(pattern), &fold(base))))
            && self.is_in(parents)
    }

    /// The same for a whole path, with any extension.
    pub fn matches_path(&self, path: &str) -> bool {
        let (parents, base) = parents_and_base(path);
        self.matches(base, parents)
    }

    fn is_in(&self, parents: &str) -> bool {
        let is_last =
            |folder: &str| parents.strip_suffix(folder).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
        let is_above = |folder: &str| format!("/{parents}/").contains(&format!("/{folder}/"));
        let is_here = |folder: &&str| match (folder.strip_prefix('/'), folder.strip_suffix("/*")) {
            (Some(whole), _) => parents == whole,
            (None, Some(above)) => is_above(above),
            (None, None) => is_last(folder),
        };
        self.folders.is_empty() || self.folders.iter().any(is_here)
    }

    /// Whether it lies at the root of generations A and B. The names of its lists say nothing elsewhere.
    fn is_flat(&self) -> bool {
        self.folders == ["/"]
    }

    /// Whether it says nothing about the document.
    pub const fn is_last(&self) -> bool {
        self.files.is_empty() && self.folders.is_empty() && self.lists.is_empty()
    }
}

/// The row for a list of a document: by the name of the member that holds it, which no language changes, else by file and
/// folder. Never fails: the last row takes everything.
///
/// `path` is the name below the root of the download, with any extension; `list` is empty for a bare list or object.
pub fn find(path: &str, list: &str) -> &'static Row {
    let (parents, base) = parents_and_base(path);
    let has_list = |row: &&Row| !list.is_empty() && row.lists.contains(&list);
    let by_both = CATALOG.iter().find(|row| has_list(row) && row.matches(base, parents));
    let by_list = || CATALOG.iter().filter(|row| !row.is_flat()).find(has_list);
    let by_file = || {
        let base = fold(base);
        let fits = |(row, files): &(&'static Row, &Vec<String>)| {
            (files.is_empty() || files.iter().any(|file| is_file(file, &base))) && row.is_in(parents) && !row.is_last()
        };
        CATALOG.iter().zip(FOLDED.iter()).find(fits).map(|(row, _)| row)
    };
    by_both.or_else(by_list).or_else(by_file).unwrap_or(LAST)
}

/// The base names of every row in the form in which they are compared: a crafted document asks a million times.
static FOLDED: LazyLock<Vec<Vec<String>>> =
    LazyLock::new(|| CATALOG.iter().map(|row| row.files.iter().map(|file| fold(file)).collect()).collect());

fn parents_and_base(path: &str) -> (&str, &str) {
    let (parents, file) = path.rsplit_once('/').unwrap_or(("", path));
    (parents, file.rsplit_once('.').map_or(file, |(base, _)| base))
}

/// The row of that name.
pub fn row_named(name: &str) -> Option<&'static Row> {
    CATALOG.iter().find(|row| row.name == name)
}

const LAST: &Row = &CATALOG[CATALOG.len() - 1];

/// Brings base names to one form: kinds of apostrophe, and the word that changed around 2024 (format reference §1.C).
fn fold(base: &str) -> String {
    let base = base.trim().replace(['\'', '’', '‘', '\u{2bc}', ' '], "_").to_lowercase();
    base.replace("account", "profile")
}

/// Whether a folded base name is the pattern, with a number for `_n` at its end, or a copy of it (`name (1)`).
fn is_file(pattern: &str, base: &str) -> bool {
    let copy = base.strip_suffix(')').and_then(|base| base.rsplit_once("_("));
    let base = copy.filter(|(_, number)| is_number(number)).map_or(base, |(base, _)| base);
    match pattern.strip_suffix("_n") {
        Some("*") => base.rsplit_once('_').is_some_and(|(_, number)| is_number(number)),
        Some(stem) => base.strip_prefix(stem).and_then(|rest| rest.strip_prefix('_')).is_some_and(is_number),
        None => base == pattern,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn what_lies_below_a_folder_finds_its_row() {
        let check = |path: &str, name: &str| assert_eq!(find(path, "").name, name, "{path}");
        check("messages/ai_conversations/baker_1/thread_for_mailbox1_2.html", "ai_conversations");
        check("messages/ai_conversations/baker_1/message_1.json", "thread");
    }

    #[test]
    fn documents_find_their_row() {
        let check = |path: &str, list: &str, name: &str| assert_eq!(find(path, list).name, name, "{path} {list}");
        // The same base name means different things.
        check("your_instagram_activity/media/reels.json", "ig_reels_media", "reels");
        check("your_instagram_activity/subscriptions/reels.json", "subscriptions_reels", "subscribed_reels");
        check("your_instagram_activity/subscriptions/reels.json", "", "subscribed_reels");
        check("logged_information/past_instagram_insights/reels.json", "organic_insights_reels", "insights");
        check("your_instagram_activity/media/posts.json", "", "posts");
        check("content/posts_1.json", "", "posts");
        check("posts_12.html", "", "posts");
        check("logged_information/past_instagram_insights/posts.json", "organic_insights_posts", "insights");
        check(
            "logged_information/past_instagram_insights/something_new.json",
            "organic_insights_new",
            "insights_other",
        );
        check(
            "personal_information/personal_information/personal_information.json",
            "profile_user",
            "personal_information",
        );
        check("personal_information/personal_information.json", "", "personal_information");
        check(
            "your_instagram_activity/threads/personal_information.json",
            "text_post_app_text_post_app_profile",
            "threads_profile",
        );
        check("your_instagram_activity/threads/personal_information.json", "", "threads_profile");
        check(
            "your_instagram_activity/edits/personal_information.json",
            "basel_app_basel_app_profile",
            "edits_profile",
        );
        check("followers_and_following/followers.json", "relationships_followers", "followers");
        check("connections/followers_and_following/followers_1.json", "", "followers");
        check(
            "your_instagram_activity/threads/followers.json",
            "text_post_app_text_post_app_followers",
            "threads_followers",
        );
        check("your_instagram_activity/threads/following.json", "", "threads_following");
        check("connections/followers_and_following/following.json", "relationships_following", "following");
        check("personal_information/personal_information/reposts.json", "profile_media_reposts", "reposts");
        check("your_instagram_activity/media/reposts.json", "", "reposts");
        // Names change, list members do not.
        check("followers_and_following/blocked_accounts.json", "relationships_blocked_users", "blocked_profiles");
        check("connections/followers_and_following/blocked_profiles.json", "", "blocked_profiles");
        check("recent_searches/account_searches.json", "searches_user", "profile_searches");
        check("information_about_you/account_based_in.json", "", "profile_based_in");
        check("account_information/account_information.json", "profile_account_insights", "account_information");
        check("ads_information/x/posts_you_re_not_interested_in.json", "", "posts_not_interested");
        check("ads_information/x/posts_you’re_not_interested_in.json", "", "posts_not_interested");
        check("ads_and_topics/accounts_you're_not_interested_in.json", "", "profiles_not_interested");
        check("somewhere/renamed.json", "likes_media_likes", "liked_posts");
        check("your_instagram_activity/comments/post_comments_2 (1).json", "", "post_comments");
        // Messages by their list wherever they lie.
        check("messages/inbox/annexample_abcdefghij/message_12.json", "messages", "thread");
        check("your_instagram_activity/messages/broadcast/x/replies_1.json", "replies", "thread");
        check("your_instagram_activity/messages/ai_conversations/thread_for_mailbox1_2.json", "", "ai_conversations");

        // Flat files lie at the root, and only there; what their lists are called counts only in them.
        check("likes.json", "media_likes", "flat_likes");
        check("likes.json", "", "flat_likes");
        check("your_instagram_activity/likes/likes.json", "media_likes", "generic");
        check("comments/comments.json", "", "generic");
        check("devices.json", "devices_devices", "devices");
        check("devices.json", "mobile", "flat_devices");
        check("device_information/devices.json", "", "devices");
        check("ads_interests.json", "", "flat_ads_interests");
        check("ads_interests.json", "inferred_data_ig_interest", "ads_interests");
        check("messages (1).json", "", "flat_messages");
        check("your_instagram_activity/threads/x.json", "followers", "generic");
        // Nothing fits.
        check("your_instagram_activity/quicksnaps/quicksnaps.json", "", "folder_known_by_name");
        check("preferences/settings/something_new.json", "", "settings_other");
        check("something/else.json", "new_list", "generic");
        check("", "", "generic");
    }

    #[test]
    fn rows_are_told_apart() {
        let mut names = HashSet::new();
        let mut lists = HashSet::new();
        for row in CATALOG {
            assert!(names.insert(row.name), "{} stands twice", row.name);
            assert!(!row.kinds.is_empty(), "{}", row.name);
            for list in row.lists {
                assert!(lists.insert(*list), "{list} stands twice");
            }
            assert!(row_named(row.name).is_some_and(|found| found.files == row.files));
        }
        assert!(LAST.is_last() && LAST.name == "generic");
    }

    #[test]
    fn rows_for_the_generic_reader_say_why() {
        for row in CATALOG.iter().filter(|row| matches!(row.reader, Reader::Generic)) {
            assert!(row.known_from.contains(": "), "{} has no reason", row.name);
        }
    }

    #[test]
    fn a_row_can_be_reached_by_each_of_its_names() {
        for row in CATALOG.iter().filter(|row| !row.is_last()) {
            let folder = row.folders.first().copied().unwrap_or("folder");
            for file in row.files {
                let file = format!("{}.json", file.replace("_N", "_3"));
                let path = format!("{folder}/{file}").trim_start_matches('/').to_owned();
                assert_eq!(find(&path, "").name, row.name, "{path}");
                for list in row.lists.iter().filter(|_| row.is_flat()) {
                    assert_eq!(find(&path, list).name, row.name, "{path} {list}");
                }
            }
            for list in row.lists.iter().filter(|_| !row.is_flat()) {
                assert_eq!(find("folder/file.json", list).name, row.name, "{list}");
            }
        }
    }
}
